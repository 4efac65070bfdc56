#!/bin/sh
# Every message of the source has its Indonesian text, and no text has lost its message.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
.venv/bin/pybabel --quiet extract -F translations/babel.cfg -k lazy_gettext --no-location --sort-output -o "$folder/messages.pot" .
.venv/bin/python translations/complete.py "$folder/messages.pot" translations/id/LC_MESSAGES/messages.po
