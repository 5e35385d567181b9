#!/bin/sh
# Gives every role the rights and the password that it should have, at every start of Postgres.
# Runs beside the server, which may still be starting; nobody reaches the pod before this has ended.  It can be killed at
# any point: whatever it has done, `app` can log in and owns or administers the database, and the next start goes on.
# Environment: APP_PASSWORD, EXPORTER_PASSWORD, BACKUP_PASSWORD.
set -u
home=postgres # the database by which the superuser comes in
folder=$(dirname "$0")
tries=0

# No password reaches a log, not even when a statement fails, and nobody can see it in pg_stat_activity or
# pg_stat_statements.  Limits that somebody has set for the role or the database do not apply here.
options="log_statement=none log_min_error_statement=panic log_error_verbosity=terse log_min_duration_statement=-1
log_min_duration_sample=-1 log_transaction_sample_rate=0 debug_print_parse=off debug_print_rewritten=off
debug_print_plan=off track_activities=off pg_stat_statements.track=none pgaudit.log=none client_min_messages=error
statement_timeout=0 idle_in_transaction_session_timeout=0 idle_session_timeout=0 lock_timeout=20s
default_transaction_read_only=off local_preload_libraries= role=none
password_encryption=scram-sha-256 search_path=pg_catalog"
PGOPTIONS=$(for option in $options; do printf -- '-c %s ' "$option"; done)
export PGOPTIONS

# --single-transaction is one for what comes by -f; psql ignores it for its standard input.
sql() {
	psql -qXAt --no-password -v ON_ERROR_STOP=1 -v VERBOSITY=terse "$@"
}

# The name of the role that initdb made, which can't lose its rights: `app` until this script has renamed it.  Only once
# the database `app` is there: the image makes it after the cluster.  Not by way of that database: its owner may give it
# settings (a role, a library, a limit of a millisecond) with which nobody gets in.
superuser() {
	query="SELECT rolname FROM pg_roles, pg_database WHERE pg_roles.oid = 10 AND datname = 'app'"
	for home in postgres template1; do # a person may have dropped the first
		for role in postgres app; do
			PGDATABASE=$home sql -U "$role" -c "$query" 2>/dev/null && return
		done
	done
	return 1
}

# One database at a time: each is one transaction, and `app` stays superuser until the last one, its own.
take_rights_away() {
	query="SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate AND datname <> 'app'"
	databases=$(PGDATABASE=$home sql -U app -c "$query") || return 1
	printf '%s\n' "$databases" | while IFS= read -r database; do
		[ -z "$database" ] || PGDATABASE=$database sql -U app --single-transaction -f "$folder/objects.sql" || exit 1
	done || return 1
	PGDATABASE=app sql -U app --single-transaction -f "$folder/objects.sql" -f "$folder/rename.sql"
}

# A database that is away because of its rights would be worse than an app with too many: after three tries everything
# stays as it was until the next start, the log says so and the alert PostgresAppSuperuser fires.
least_rights() {
	[ "$(superuser)" = app ] || return 0
	[ "$tries" -lt 3 ] || return 0
	tries=$((tries + 1))
	take_rights_away && return
	[ "$tries" -lt 3 ] || PGDATABASE=$home sql -U app -c "DO \$\$ BEGIN RAISE WARNING
		'stagecoach: app is still a superuser, because its objects could not be given to an ordinary role'; END \$\$"
	return 1
}

roles() {
	name=$(superuser) && [ -n "$name" ] && PGDATABASE=$home sql -U "$name" --single-transaction -f "$folder/roles.sql"
}

until superuser >/dev/null && least_rights && roles; do sleep 1; done
