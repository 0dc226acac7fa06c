#!/bin/sh
# Runs the tests, then the desk in a real browser where there is one. Without, it says what it did
# not run, and fails where nothing may be left out.
set -eu
bin=$1
workers=$2
chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
if [ -z "$chromium" ] && [ "${WIREWATCH_EVERYTHING:-}" ]; then
  echo "error: there is no Chromium, and every test is to run: install chromium" >&2
  exit 1
fi
"$bin/pytest" -n "$workers" --dist worksteal -m "not chaos and not browser and not chromium"
if [ -z "$chromium" ]; then
  echo "NOT RUN: the desk in a browser (tests/browser), since there is no Chromium" >&2
  exit 0
fi
# By itself: who drives a browser holds the thread's event loop, which others have tests of their own in.
CHROMIUM=$chromium "$bin/pytest" -n "$workers" --dist worksteal -m chromium tests/browser
