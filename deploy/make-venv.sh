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
"$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
