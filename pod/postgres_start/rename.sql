-- The superuser `app` becomes `postgres`, stagecoach_next becomes `app`: name and password stay, so every pod goes on with
-- the address that it has.  In the transaction of objects.sql: either all of it is so, or nothing.
SELECT coalesce(rolpassword, '') AS verifier FROM pg_authid WHERE oid = 10 \gset

UPDATE pg_db_role_setting SET setrole = 'stagecoach_next'::regrole WHERE setrole = 10;

SELECT format('GRANT stagecoach_next TO %s%s', member::regrole, CASE WHEN admin_option THEN ' WITH ADMIN OPTION' ELSE '' END)
	FROM pg_auth_members WHERE roleid = 10
UNION ALL
SELECT format('REVOKE app FROM %s CASCADE', member::regrole) FROM pg_auth_members WHERE roleid = 10 \gexec

-- A session can't rename its own role.
ALTER ROLE stagecoach_next SUPERUSER;
SET SESSION AUTHORIZATION stagecoach_next;
SELECT format('ALTER ROLE postgres RENAME TO postgres_%s', oid) FROM pg_roles WHERE rolname = 'postgres' \gexec
ALTER ROLE app RENAME TO postgres;
RESET SESSION AUTHORIZATION;
ALTER ROLE stagecoach_next RENAME TO app;
ALTER ROLE app NOSUPERUSER LOGIN PASSWORD :'verifier';
