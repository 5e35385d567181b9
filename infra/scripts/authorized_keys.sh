#!/usr/bin/env bash
# Writes the SSH keys that may log in, from standard input: a key that is left out is removed.
set -euo pipefail
umask 077
mkdir -p /root/.ssh
keys=$(cat)
[ -n "$keys" ] || {
	echo "no keys were given: nothing was changed" >&2
	exit 1
}
printf '%s\n' "$keys" >/root/.ssh/authorized_keys.new
mv /root/.ssh/authorized_keys.new /root/.ssh/authorized_keys
