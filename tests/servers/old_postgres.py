"""A shop's database as releases before made it: `app` is the superuser, and owns what it has made in years."""

from pathlib import Path

from tests.plans import stage_plan
from tests.servers.postgres_server import PASSWORDS, postgres_server

PLAN = stage_plan(1).postgres
SHOP = Path(__file__).with_name("old_shop.sql").read_text()
# What an order, a migration and a report do.
WORK = """
    insert into orders (name) values ('another');
    update orders set extra = 'a=>1' where id = 1;
    alter table orders add column if not exists note text;
    create table if not exists made_by_migration (id int);
    select count(*) > 1 from orders;
"""
# Objects of the database that a superuser owns and that no extension brought.
LEFT = """
    select pg_describe_object(classid, objid, 0) from (
    select 'pg_class'::regclass classid, oid objid from pg_class where relowner = 10 and relkind <> 't'
    union all select 'pg_proc'::regclass, oid from pg_proc where proowner = 10
    union all select 'pg_type'::regclass, oid from pg_type where typowner = 10
    and typtype in ('b', 'd', 'e', 'r') and typelem = 0
    union all select 'pg_namespace'::regclass, oid from pg_namespace where nspowner = 10 and nspname !~ '^pg_'
    union all select 'pg_operator'::regclass, oid from pg_operator where oprowner = 10
    union all select 'pg_opclass'::regclass, oid from pg_opclass where opcowner = 10
    union all select 'pg_opfamily'::regclass, oid from pg_opfamily where opfowner = 10
    union all select 'pg_collation'::regclass, oid from pg_collation where collowner = 10
    union all select 'pg_conversion'::regclass, oid from pg_conversion where conowner = 10
    union all select 'pg_ts_config'::regclass, oid from pg_ts_config where cfgowner = 10
    union all select 'pg_ts_dict'::regclass, oid from pg_ts_dict where dictowner = 10
    union all select 'pg_statistic_ext'::regclass, oid from pg_statistic_ext where stxowner = 10
    union all select 'pg_foreign_server'::regclass, oid from pg_foreign_server where srvowner = 10
    ) made where objid >= 16384 and (classid, objid) not in (select classid, objid from pg_depend where deptype = 'e')
    order by 1
"""


def old_server(**options):
    """As the releases before made it: `app` is the one that initdb made."""
    return postgres_server(PLAN, PASSWORDS["app"], superuser="app", guarded=True, **options)


def fill(server, sql=SHOP):
    for database in ("app", '"an other"'):
        assert server.inside(f"create database {database}", "app", "postgres").returncode == 0
    done = server.inside(sql, "app")
    assert done.returncode == 0, done.stderr
    assert server.inside("create table t (id int)", "app", "an other").returncode == 0


def works(server):
    """The shop's work, with the password that its pods have."""
    done = server.outside(WORK)
    assert (done.returncode, done.stdout) == (0, "t\n"), done.stderr
    done = server.outside("insert into t values (1)", database="an other")
    assert done.returncode == 0, done.stderr


def is_superuser(server):
    return server.inside("select rolsuper from pg_roles where rolname = 'app'", "app").stdout == "t\n"
