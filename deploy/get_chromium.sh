#!/bin/sh
# Browser tests need Chromium: take the one that is here, else Debian's, else Playwright's own.
set -u
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null && exit 0
fi
.venv/bin/python -m playwright install chromium >/dev/null 2>&1 && exit 0
echo "No Chromium could be installed; the browser tests will be skipped and say so." >&2
[ -z "${CI:-}" ]
