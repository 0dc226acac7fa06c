#!/bin/sh
# Makes the virtual environment that `make` works in: pinned, hashed, the project itself editable.
# A bare Debian has python3 without ensurepip; then the missing package is installed, when we may.
set -eu

venv=${1:?usage: make-venv.sh DIRECTORY}
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "wirewatch needs Python 3.11 or newer; $python is $("$python" --version)" >&2
    exit 1
}
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq "$package"
    else
        echo "$python has no ensurepip; install it first: apt-get install $package" >&2
        exit 1
    fi
fi
rm -rf "$venv"
"$python" -m venv "$venv"
packages=$(grep -c '^[a-zA-Z0-9]' requirements-dev.lock)
echo "Installing $packages pinned packages into $venv; the first time it takes some minutes." >&2
# pip is silent for minutes or says thousands of words; this counts. A pipe has the status of its
# end, so a failure goes through it as a line.
{
    "$venv/bin/pip" install --disable-pip-version-check --progress-bar off --require-hashes \
        -r requirements-dev.lock 2>&1 || echo 'pip has failed'
} | awk -v all="$packages" '
    /^Collecting / { printf "\r  fetched %d of %d: %-40.40s", ++found, all, $2; fflush() }
    /^Installing collected/ { printf "\r  unpacking all of them%-50s", ""; fflush() }
    /^(ERROR|WARNING): / { print "\n" $0 }
    /^pip has failed$/ { failed = 1 }
    END { print ""; exit failed }
' >&2
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
echo "Done." >&2
