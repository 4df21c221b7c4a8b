#!/bin/sh
# Looks for a Chromium, and installs Debian's where it may. Says so where it can't: the tests of pages are left out then.
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing chromium for the tests of pages" >&2
  apt-get install -y -q --no-install-recommends chromium >/dev/null 2>&1 && exit 0
  apt-get update -q >/dev/null 2>&1 && apt-get install -y -q --no-install-recommends chromium >/dev/null 2>&1 && exit 0
fi
echo "no Chromium here, and it can't be installed: the tests of pages are left out (install chromium)" >&2
[ "${1:-}" != required ]
