"""Build the inputs of the app's pods: environment variables and the mounted Celery module."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_kubernetes import core, meta

from infra.components._kubernetes import mount, secret_env
from infra.components.postgres import DATABASE, USER
from infra.components.postgres import PORT as POSTGRES_PORT
from infra.components.redis import PORT as REDIS_PORT
from infra.names import PGBOUNCER, POSTGRES, REDIS_BROKER, REDIS_CACHE, labels
from infra.sizing.plan import StackPlan, WorkerPlan
from infra.stack_file.app_config import AppConfig
from infra.stack_file.app_contract import alias_values
from pod import FOLDER, load

MODULE_PATH = "/opt/stagecoach"
# Celery's event loop reads from a socket after the kernel has reported data. The wake-up can be spurious (an error that
# is over, a peer that is gone). Without a time-out the worker would then wait for ever, with the queue growing, until
# its liveness probe fails minutes later. 15 seconds are longer than BRPOP's own second and than a slow fsync.
_BROKER_SOCKET = {"socket_timeout": 15, "socket_connect_timeout": 5, "socket_keepalive": True}
# Seconds until a pod starts even without its services. Network policies need much less to learn a pod's address; every
# startup probe, and half of the shortest deadline of a migration, allow more.
_WAIT_SECONDS = 30
_WAIT = "stagecoach_wait.py"
UID = 10001  # numeric, so that `restricted` pod security can check it; the image need not have such a user


@dataclass(frozen=True, kw_only=True)
class AppEnvironmentArgs:
    """Hold the inputs of `AppEnvironment`."""

    plan: StackPlan
    app: AppConfig
    namespace: pulumi.Input[str]
    hosts: tuple[str, ...]  # the shop's address first; empty without a domain
    postgres_password: pulumi.Input[str]
    broker_password: pulumi.Input[str]
    cache_password: pulumi.Input[str]
    django_secret_key: pulumi.Input[str]
    env: Mapping[str, str]
    env_secrets: pulumi.Input[Mapping[str, str]]


class AppEnvironment(pulumi.ComponentResource):
    """Register an autonamed Secret and ConfigMaps: a change restarts the pods that read it (ADR 0005)."""

    def __init__(self, name: str, args: AppEnvironmentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:app:AppEnvironment", name, None, opts)
        self._name, self._namespace = name, args.namespace
        variables = pulumi.Output.all(
            postgres=args.postgres_password,
            broker=args.broker_password,
            cache=args.cache_password,
            django=args.django_secret_key,
            more=args.env_secrets,
        ).apply(lambda secrets: render_variables(args, secrets))
        secret = core.v1.Secret(
            f"{name}-variables",
            metadata=self._metadata(),
            string_data=variables,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.secret_name = secret.metadata.name
        self._direct = self._direct_variables(args) if args.plan.pgbouncer else {}
        self._app, self._workers = args.app, args.plan.workers
        folder = FOLDER / "stagecoach_celery"
        self._files = {path.name: path.read_text() for path in sorted(folder.glob("*.py"))}
        self._start = core.v1.ConfigMap(
            f"{name}-start",
            metadata=self._metadata(),
            data={_WAIT: self._files[_WAIT], **_asgi_files(args.app)},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})

    def _direct_variables(self, args: AppEnvironmentArgs) -> dict[str, pulumi.Output[str]]:
        """Register the variables for connections past PgBouncer.

        Returns:
            The Secret's name by variable, for DATABASE_URL and for the app's own names of it.
        """
        values = pulumi.Output.from_input(args.postgres_password).apply(
            lambda password: direct_variables(args.app, password)
        )
        secret = core.v1.Secret(
            f"{self._name}-direct",
            metadata=self._metadata(),
            string_data=values,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return dict.fromkeys(direct_variables(args.app, ""), secret.metadata.name)

    def _metadata(self) -> meta.v1.ObjectMetaArgs:
        return meta.v1.ObjectMetaArgs(namespace=self._namespace, labels=labels("app-environment"))

    def env_from(self) -> list[core.v1.EnvFromSourceArgs]:
        """Return every variable of the app's contract."""
        return [core.v1.EnvFromSourceArgs(secret_ref=core.v1.SecretEnvSourceArgs(name=self.secret_name))]

    def past_the_pooler(self) -> list[core.v1.EnvVarArgs]:
        """Return the variables that let a migration bypass PgBouncer.

        It needs locks and session settings, which transaction pooling does not keep.
        """
        return [secret_env(name, secret, name) for name, secret in self._direct.items()]

    def celery_settings(self, name: str, worker: WorkerPlan) -> pulumi.Output[str]:
        """Register a ConfigMap with the module and one pool's settings, and return its name."""
        settings = json.dumps(render_settings(worker), indent=1, sort_keys=True)
        config_map = core.v1.ConfigMap(
            f"{self._name}-{name}",
            metadata=self._metadata(),
            data={**self._files, "settings.json": settings},
            opts=pulumi.ResourceOptions(parent=self),
        )
        made: pulumi.Output[str] = config_map.metadata.name
        return made

    def celery_environment(self) -> list[core.v1.EnvVarArgs]:
        """Return the variables that tell the module where its files are and which app it wraps."""
        values = {
            "PYTHONPATH": MODULE_PATH,
            "PYTHONDONTWRITEBYTECODE": "1",
            "STAGECOACH_CELERY_APP": self._app.celery_app,
            "STAGECOACH_SETTINGS": f"{MODULE_PATH}/settings.json",
            "STAGECOACH_STATE": "/run/stagecoach",
        }
        return [core.v1.EnvVarArgs(name=key, value=value) for key, value in values.items()]

    def pools_environment(self) -> core.v1.EnvVarArgs:
        """Return the queues of all pools: a worker warns at its start of queues of the app that nobody consumes."""
        pools = {worker.pool: worker.queues for worker in self._workers}
        return core.v1.EnvVarArgs(name="STAGECOACH_POOLS", value=json.dumps(pools))

    def start_volume(self) -> core.v1.VolumeArgs:
        """Return the files that `after_services` runs, for pods without Celery's module."""
        source = core.v1.ConfigMapVolumeSourceArgs(name=self._start.metadata.name)
        return core.v1.VolumeArgs(name="stagecoach", config_map=source)

    def start_mount(self) -> core.v1.VolumeMountArgs:
        """Mount `start_volume` at the path that Celery's module has in other pods."""
        return mount("stagecoach", MODULE_PATH, read_only=True)

    def celery_mounts(self) -> list[core.v1.VolumeMountArgs]:
        """Mount the module, the folder for the probes' files, and scratch space."""
        return [
            mount("stagecoach", MODULE_PATH, read_only=True),
            mount("state", "/run/stagecoach"),
            mount("tmp", "/tmp"),  # noqa: S108  a mount in the container
        ]


def _asgi_files(app: AppConfig) -> dict[str, str]:
    """Return the module that gunicorn serves for an ASGI application (see `gunicorn_application`)."""
    name = "stagecoach_asgi.py"
    return {name: load(name)} if app.interface == "asgi" else {}


def after_services(*command: str) -> list[str]:
    """Return a command that starts once database, broker and cache answer, or after half a minute."""
    return ["python", f"{MODULE_PATH}/{_WAIT}", str(_WAIT_SECONDS), *command]


def render_variables(args: AppEnvironmentArgs, secrets: Mapping[str, Any]) -> dict[str, str]:
    """Return the app's contract (README); variables of the stack file can't override it."""
    # This includes names that are redirected: while an update makes another name the shop's address, customers use
    # both.
    origins = [f"https://{host}" for host in args.hosts]
    broker = f"redis://:{secrets['broker']}@{REDIS_BROKER}:{REDIS_PORT}"
    contract = {
        "DATABASE_URL": database_url(secrets["postgres"], PGBOUNCER if args.plan.pgbouncer else POSTGRES),
        "CACHE_URL": f"redis://:{secrets['cache']}@{REDIS_CACHE}:{REDIS_PORT}/0",
        "CELERY_BROKER_URL": f"{broker}/0",
        "CELERY_RESULT_BACKEND": f"{broker}/1",
        "DJANGO_SETTINGS_MODULE": args.app.settings_module,
        "DJANGO_SECRET_KEY": secrets["django"],
        "DJANGO_ALLOWED_HOSTS": ",".join(args.hosts or ("*",)),
        "DJANGO_CSRF_TRUSTED_ORIGINS": ",".join(origins),
    }
    return {**args.env, **secrets["more"], **alias_values(args.app.aliases, contract), **contract}


def direct_variables(app: AppConfig, password: str) -> dict[str, str]:
    """Return DATABASE_URL of Postgres itself, and the app's own names for it or for parts of it."""
    contract = {"DATABASE_URL": database_url(password, POSTGRES)}
    return contract | alias_values(app.aliases, contract)


def database_url(password: str, host: str) -> str:
    """Return a database URL; Postgres and PgBouncer listen on the same port, so only the host differs."""
    return f"postgres://{USER}:{password}@{host}:{POSTGRES_PORT}/{DATABASE}"


def render_settings(worker: WorkerPlan) -> dict[str, Any]:
    """Return the Celery settings of a pool under Celery's own names; times in seconds, memory in KiB.

    A time-out of the broker's socket ends the connection, not the task: the consumer reconnects and goes on.
    """
    transport = {"visibility_timeout": worker.visibility_timeout}
    return {
        "task_time_limit": worker.time_limit,
        "task_soft_time_limit": worker.soft_time_limit,
        "task_acks_late": True,
        "task_reject_on_worker_lost": worker.reject_on_worker_lost,
        "worker_prefetch_multiplier": worker.prefetch_multiplier,
        "worker_eta_task_limit": worker.eta_task_limit,
        "worker_max_tasks_per_child": worker.max_tasks_per_child,
        "worker_max_memory_per_child": worker.max_memory_per_child.bytes // 1024,
        "worker_soft_shutdown_timeout": float(worker.soft_shutdown_timeout),
        "worker_send_task_events": True,
        "task_send_sent_event": True,
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {**transport, **_BROKER_SOCKET},
        "result_backend_transport_options": transport,
        "visibility_timeout": worker.visibility_timeout,
    }
