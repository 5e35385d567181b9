#!/bin/sh
# Dumps the database, proves that the dump can be read, keeps the last days.
# Environment: PGHOST, PGUSER, PGDATABASE, PGPASSWORD, BACKUP_FOLDER, RETENTION_DAYS, AWAIT_SECONDS.
set -eu
# shellcheck source=/dev/null  # a file of its own is checked
. "$(dirname "$0")/await_postgres.sh"
target="$BACKUP_FOLDER/$PGDATABASE-$(date -u +%Y%m%dT%H%M%SZ).dump"
trap 'rm -f "$target.partial"' EXIT
pg_dump --format=custom --file="$target.partial"
pg_restore --list "$target.partial" >/dev/null
mv "$target.partial" "$target"
echo "wrote $target, $(wc -c <"$target") bytes"
find "$BACKUP_FOLDER" -name "$PGDATABASE-*.dump" -mtime "+$RETENTION_DAYS" -print -delete
