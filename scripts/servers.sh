#!/bin/sh
# Looks for nginx and for rsyslog with its Kafka module, and installs Debian's where it may (without starting them). Says so where it
# can't: the tests of the web API's gateway and of shipping by rsyslog are left out then.
missing=''
command -v nginx >/dev/null 2>&1 || [ -x /usr/sbin/nginx ] || missing='nginx-light'
ls /usr/lib/*/rsyslog/omkafka.so >/dev/null 2>&1 || missing="$missing rsyslog rsyslog-kafka"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing $missing for the tests of the web API and its logs" >&2
  export RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive     # in this runlevel no service is started
  # shellcheck disable=SC2086
  apt-get install -y -q --no-install-recommends $missing >/dev/null 2>&1 && exit 0
  # shellcheck disable=SC2086
  apt-get update -q >/dev/null 2>&1 && apt-get install -y -q --no-install-recommends $missing >/dev/null 2>&1 && exit 0
fi
echo "these can't be installed here: $missing; the tests that need them are left out" >&2
