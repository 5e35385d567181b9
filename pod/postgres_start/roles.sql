-- The roles of the stack with their rights and passwords.  Runs as the superuser, in one transaction.
\getenv app APP_PASSWORD
\getenv exporter EXPORTER_PASSWORD
\getenv backup BACKUP_PASSWORD

SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY['app', 'stagecoach_exporter', 'stagecoach_backup']) name
	WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE app LOGIN PASSWORD :'app';
ALTER ROLE stagecoach_exporter LOGIN PASSWORD :'exporter';
ALTER ROLE stagecoach_backup LOGIN PASSWORD :'backup';

-- Not the role that initdb made: where `app` still is that one, it stays so until the next start (start.sh).
SELECT 'ALTER ROLE app NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION' FROM pg_roles
	WHERE rolname = 'app' AND oid <> 10 \gexec
SELECT 'ALTER ROLE postgres PASSWORD NULL' FROM pg_roles WHERE rolname = 'postgres' AND oid = 10 \gexec
SELECT 'ALTER DATABASE app OWNER TO app' FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba
	WHERE datname = 'app' AND rolsuper AND rolname <> 'app' \gexec

ALTER ROLE stagecoach_exporter NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS;
GRANT pg_monitor TO stagecoach_exporter;

-- It reads every row (BYPASSRLS: pg_dump refuses a table of which it sees a part) and every large object, for which there
-- is no predefined role.
ALTER ROLE stagecoach_backup NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION BYPASSRLS;
GRANT pg_read_all_data TO stagecoach_backup;
ALTER ROLE stagecoach_backup SET default_transaction_read_only = on;
ALTER ROLE stagecoach_backup SET lo_compat_privileges = on;
