-- Gives what superusers own in this database to stagecoach_next, which rename.sql turns into `app`.
-- Runs as the old superuser `app`, in one transaction.  Members of extensions stay: they belong to the extension.
SELECT 'CREATE ROLE stagecoach_next' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stagecoach_next') \gexec

-- Roles that `app` can't be made a member of without becoming as mighty as they are.
CREATE FUNCTION pg_temp.is_mighty(one oid) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
		OR EXISTS (SELECT FROM pg_roles power WHERE power.oid <> one AND power.rolname IN
			('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')
			AND pg_has_role(one, power.oid, 'MEMBER'))
	FROM pg_roles WHERE oid = one
$$;

DO $$
DECLARE
	command text;
BEGIN
	FOR command IN
		WITH owner AS (SELECT oid FROM pg_roles WHERE pg_temp.is_mighty(oid)),
		kept AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
		-- The sequence of a column goes with its table.
		serial AS (SELECT objid FROM pg_depend WHERE classid = 'pg_class'::regclass
			AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i') AND refobjsubid > 0)
		SELECT format('SCHEMA %I', nspname) FROM pg_namespace n
			WHERE nspowner IN (SELECT oid FROM owner) AND nspname !~ '^pg_' AND nspname <> 'information_schema'
			AND ('pg_namespace'::regclass, n.oid) NOT IN (SELECT * FROM kept)
		UNION ALL
		SELECT format('%s %s', CASE relkind WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END, c.oid::regclass) FROM pg_class c
			WHERE relowner IN (SELECT oid FROM owner) AND c.oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')
			AND relpersistence <> 't' AND c.oid NOT IN (SELECT objid FROM serial WHERE relkind = 'S')
			AND ('pg_class'::regclass, c.oid) NOT IN (SELECT * FROM kept)
		UNION ALL
		-- No arrays, no rows of tables: they go with what they are of.
		SELECT format('TYPE %s', t.oid::regtype) FROM pg_type t
			WHERE typowner IN (SELECT oid FROM owner) AND t.oid >= 16384 AND typtype IN ('b', 'd', 'e', 'r') AND typisdefined
			AND NOT EXISTS (SELECT FROM pg_type element WHERE element.typarray = t.oid)
			AND ('pg_type'::regclass, t.oid) NOT IN (SELECT * FROM kept)
		UNION ALL
		-- What an event trigger calls runs as whoever changes the database, the superuser too.
		SELECT format('ROUTINE %s', p.oid::regprocedure) FROM pg_proc p
			WHERE proowner IN (SELECT oid FROM owner) AND p.oid >= 16384 AND pronamespace <> pg_my_temp_schema() AND prorettype <> 'event_trigger'::regtype
			AND ('pg_proc'::regclass, p.oid) NOT IN (SELECT * FROM kept)
		UNION ALL
		SELECT format('OPERATOR %s', o.oid::regoperator) FROM pg_operator o
			WHERE oprowner IN (SELECT oid FROM owner) AND o.oid >= 16384
			AND ('pg_operator'::regclass, o.oid) NOT IN (SELECT * FROM kept)
		UNION ALL
		SELECT format('OPERATOR CLASS %s.%I USING %I', opcnamespace::regnamespace, opcname, amname)
			FROM pg_opclass o JOIN pg_am ON pg_am.oid = opcmethod
			WHERE opcowner IN (SELECT oid FROM owner) AND o.oid >= 16384
			AND ('pg_opclass'::regclass, o.oid) NOT IN (SELECT * FROM kept)
		UNION ALL
		SELECT format('OPERATOR FAMILY %s.%I USING %I', opfnamespace::regnamespace, opfname, amname)
			FROM pg_opfamily o JOIN pg_am ON pg_am.oid = opfmethod
			WHERE opfowner IN (SELECT oid FROM owner) AND o.oid >= 16384
			AND ('pg_opfamily'::regclass, o.oid) NOT IN (SELECT * FROM kept)
		UNION ALL
		SELECT format('COLLATION %s.%I', collnamespace::regnamespace, collname) FROM pg_collation c
			WHERE collowner IN (SELECT oid FROM owner) AND c.oid >= 16384
			AND ('pg_collation'::regclass, c.oid) NOT IN (SELECT * FROM kept)
		UNION ALL
		SELECT format('CONVERSION %s.%I', connamespace::regnamespace, conname) FROM pg_conversion c
			WHERE conowner IN (SELECT oid FROM owner) AND c.oid >= 16384
			AND ('pg_conversion'::regclass, c.oid) NOT IN (SELECT * FROM kept)
		UNION ALL
		SELECT format('TEXT SEARCH CONFIGURATION %s', c.oid::regconfig) FROM pg_ts_config c
			WHERE cfgowner IN (SELECT oid FROM owner) AND c.oid >= 16384
			AND ('pg_ts_config'::regclass, c.oid) NOT IN (SELECT * FROM kept)
		UNION ALL
		SELECT format('TEXT SEARCH DICTIONARY %s', d.oid::regdictionary) FROM pg_ts_dict d
			WHERE dictowner IN (SELECT oid FROM owner) AND d.oid >= 16384
			AND ('pg_ts_dict'::regclass, d.oid) NOT IN (SELECT * FROM kept)
		UNION ALL
		SELECT format('STATISTICS %s.%I', stxnamespace::regnamespace, stxname) FROM pg_statistic_ext
			WHERE stxowner IN (SELECT oid FROM owner)
		UNION ALL
		SELECT format('LARGE OBJECT %s', oid) FROM pg_largeobject_metadata WHERE lomowner IN (SELECT oid FROM owner)
		UNION ALL
		SELECT format('SERVER %I', srvname) FROM pg_foreign_server s WHERE srvowner IN (SELECT oid FROM owner)
			AND ('pg_foreign_server'::regclass, s.oid) NOT IN (SELECT * FROM kept)
	LOOP
		EXECUTE format('ALTER %s OWNER TO stagecoach_next', command);
	END LOOP;
END $$;

-- What others own, and what the app could use as a superuser.
DO $$
DECLARE
	command text;
BEGIN
	FOR command IN
		SELECT format('GRANT %I TO stagecoach_next', rolname) FROM pg_roles r
			WHERE r.oid >= 16384 AND rolname <> 'stagecoach_next' AND NOT pg_temp.is_mighty(r.oid)
			AND (EXISTS (SELECT FROM pg_class WHERE relowner = r.oid) OR EXISTS (SELECT FROM pg_proc WHERE proowner = r.oid)
				OR EXISTS (SELECT FROM pg_namespace WHERE nspowner = r.oid)
				OR EXISTS (SELECT FROM pg_auth_members WHERE roleid = r.oid AND member = 10))
		UNION ALL
		SELECT format('GRANT USAGE ON SCHEMA %I TO stagecoach_next', nspname) FROM pg_namespace n
			JOIN pg_depend d ON d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e'
		UNION ALL
		SELECT format('GRANT SELECT ON %s TO stagecoach_next', c.oid::regclass) FROM pg_class c
			JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
			WHERE relkind IN ('r', 'p', 'v', 'm', 'S')
		UNION ALL
		SELECT format('GRANT USAGE ON FOREIGN SERVER %I TO stagecoach_next', srvname) FROM pg_foreign_server
		UNION ALL
		SELECT format('CREATE USER MAPPING IF NOT EXISTS FOR stagecoach_next SERVER %I OPTIONS (%s)', srvname,
			(SELECT string_agg(format('%I %L', option_name, option_value), ', ') FROM pg_options_to_table(umoptions)))
			FROM pg_user_mappings WHERE umuser = 10 AND umoptions IS NOT NULL
		UNION ALL
		SELECT format('ALTER POLICY %I ON %s TO %s', polname, polrelid::regclass, (SELECT string_agg(
			CASE one WHEN 0 THEN 'PUBLIC' WHEN 10 THEN 'stagecoach_next' ELSE one::regrole::text END, ', ') FROM unnest(polroles) one))
			FROM pg_policy WHERE 10 = ANY (polroles)
		UNION ALL
		-- A superuser saw the rows of tables that hide some from their owner, too.
		SELECT 'ALTER ROLE stagecoach_next BYPASSRLS' WHERE EXISTS (SELECT FROM pg_class WHERE relforcerowsecurity)
		UNION ALL
		SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE stagecoach_next %s REVOKE ALL ON %s FROM PUBLIC',
			coalesce('IN SCHEMA ' || nullif(defaclnamespace, 0)::regnamespace, ''), kind.name)
			FROM pg_default_acl JOIN (VALUES ('f'::"char", 'FUNCTIONS'), ('T', 'TYPES')) kind (letter, name) ON letter = defaclobjtype
			WHERE defaclrole = 10 AND defaclnamespace = 0
		UNION ALL
		SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE stagecoach_next %s GRANT %s ON %s TO %s%s',
			coalesce('IN SCHEMA ' || nullif(defaclnamespace, 0)::regnamespace, ''), privilege_type, kind.name,
			CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END, CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
			FROM pg_default_acl CROSS JOIN aclexplode(defaclacl) JOIN (VALUES ('r'::"char", 'TABLES'), ('S', 'SEQUENCES'),
				('f', 'FUNCTIONS'), ('T', 'TYPES'), ('n', 'SCHEMAS')) kind (letter, name) ON letter = defaclobjtype
			WHERE defaclrole = 10 AND grantee <> 10
	LOOP
		EXECUTE command;
	END LOOP;
END $$;

-- Last, so that it says that all of this is done; the maintenance database stays the superuser's.
SELECT format('ALTER DATABASE %I OWNER TO stagecoach_next', datname) FROM pg_database
	WHERE datname = current_database() AND datname <> 'postgres' AND pg_temp.is_mighty(datdba) \gexec
