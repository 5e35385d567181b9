#!/bin/sh
# Makes the cluster at the first start, then becomes the server; what the official image documents of its variables:
# POSTGRES_PASSWORD, _USER, _DB, _INITDB_ARGS, _INITDB_WALDIR, _HOST_AUTH_METHOD, each also as NAME_FILE; PGDATA;
# scripts in /docker-entrypoint-initdb.d.
set -eu

from_file() {
	eval "value=\${$1:-} file=\${$1_FILE:-}"
	if [ -n "$file" ]; then
		[ -z "$value" ] || { echo "$1 and $1_FILE are both set" >&2; exit 1; }
		value=$(cat "$file")
	fi
	eval "export $1=\$value"
	unset "$1_FILE" value file
}

sql() {
	database=$1
	shift
	PGHOST=/var/run/postgresql psql -qX -v ON_ERROR_STOP=1 --no-password -U "$POSTGRES_USER" -d "$database" "$@"
}

make_cluster() {
	if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
		echo "POSTGRES_PASSWORD is empty: set it, or POSTGRES_HOST_AUTH_METHOD=trust" >&2
		exit 1
	fi
	[ -z "$POSTGRES_INITDB_WALDIR" ] || set -- "--waldir=$POSTGRES_INITDB_WALDIR"
	[ -z "$POSTGRES_PASSWORD" ] || set -- "$@" --pwfile=/dev/stdin
	# shellcheck disable=SC2086  # several options in one variable
	printf '%s\n' "$POSTGRES_PASSWORD" | initdb --username="$POSTGRES_USER" "$@" $POSTGRES_INITDB_ARGS
	method=$(postgres -D "$PGDATA" -C password_encryption)
	printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-$method}" >>"$PGDATA/pg_hba.conf"
}

fill_cluster() {
	options=""
	for word in "$@"; do
		options="$options '$(printf %s "$word" | sed "s/'/'\\\\''/g")'"
	done
	# Nobody reaches it over the network before it is whole.
	NOTIFY_SOCKET='' pg_ctl -w start -o "$options -c listen_addresses= -c unix_socket_directories=/var/run/postgresql"
	if [ "$POSTGRES_DB" != postgres ]; then
		sql postgres -v name="$POSTGRES_DB" <<-'SQL'
			CREATE DATABASE :"name";
		SQL
	fi
	for file in /docker-entrypoint-initdb.d/*; do
		case "$file" in
		*.sh)
			# shellcheck source=/dev/null
			if [ -x "$file" ]; then "$file"; else . "$file"; fi
			;;
		*.sql) sql "$POSTGRES_DB" -f "$file" ;;
		*.sql.gz) gunzip -c "$file" | sql "$POSTGRES_DB" ;;
		esac
	done
	pg_ctl -w -m fast stop
}

case "${1:-}" in -*) set -- postgres "$@" ;; esac
[ "${1:-}" = postgres ] || exec "$@"
if [ "$(id -u)" = 0 ]; then
	mkdir -p "$PGDATA" /var/run/postgresql
	chown -R postgres:postgres "$PGDATA" /var/run/postgresql
	exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$0" "$@"
fi
for name in PASSWORD USER DB INITDB_ARGS INITDB_WALDIR HOST_AUTH_METHOD; do
	from_file "POSTGRES_$name"
done
POSTGRES_USER=${POSTGRES_USER:-postgres}
POSTGRES_DB=${POSTGRES_DB:-$POSTGRES_USER}
mkdir -p "$PGDATA"
chmod 700 "$PGDATA" || true
if [ ! -s "$PGDATA/PG_VERSION" ]; then
	make_cluster
	shift
	fill_cluster "$@"
	set -- postgres "$@"
fi
exec "$@"
