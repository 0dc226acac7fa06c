#!/bin/sh
# Runs the tests: with the desk in a real browser where there is one. Without, it says what it did
# not run, and fails where nothing may be left out.
set -eu
bin=$1
workers=$2
chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
left_out="not chaos and not browser"
if [ -z "$chromium" ]; then
  if [ "${WIREWATCH_EVERYTHING:-}" ]; then
    echo "error: there is no Chromium, and every test is to run: install chromium" >&2
    exit 1
  fi
  left_out="$left_out and not chromium"
fi
CHROMIUM=$chromium "$bin/pytest" -n "$workers" --dist worksteal -m "$left_out"
[ -n "$chromium" ] || echo "NOT RUN: the desk in a browser (tests/browser), since there is no Chromium" >&2
