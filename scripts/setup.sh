#!/bin/sh
# Finds a Python that will do and hands over to setup.py. PYTHON=/path/to/python chooses one.
set -eu
cd "$(dirname "$0")/.."
good='import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))'
complete='import venv, ensurepip'
found=''
for python in ${PYTHON:-} python3.12 python3.11 python3.10 python3 python /usr/bin/python3; do
  command -v "$python" >/dev/null 2>&1 && "$python" -c "$good" >/dev/null 2>&1 || continue
  found=${found:-$python}
  if "$python" -c "$complete" >/dev/null 2>&1; then
    exec "$python" scripts/setup.py "$@"
  fi
done
if [ -n "$found" ]; then
  echo "make setup: $found has no venv module: install it (Debian and Ubuntu: apt install python3-venv), then try again" >&2
else
  echo "make setup: no Python 3.10, 3.11 or 3.12 found: install one, or name it: make setup PYTHON=/path/to/python" >&2
fi
exit 2
