"""Register the shop in the cluster: data services and the app."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi
from pulumi_kubernetes import core, meta

from infra.components.app_environment import AppEnvironment, AppEnvironmentArgs
from infra.components.app_pod import AppImage
from infra.components.celery_beat import CeleryBeat, CeleryBeatArgs
from infra.components.celery_worker import CeleryWorker, CeleryWorkerArgs
from infra.components.credentials import Credentials
from infra.components.django import Django, DjangoArgs
from infra.components.ingress import Ingress, IngressArgs
from infra.components.migrate import Migrate, MigrateArgs
from infra.components.namespaces import Namespaces
from infra.components.pgbouncer import PgBouncer, PgBouncerArgs
from infra.components.postgres import Postgres, PostgresArgs
from infra.components.postgres_backup import PostgresBackup, PostgresBackupArgs
from infra.components.queue_exporter import QueueExporter, QueueExporterArgs
from infra.components.redis import Redis, RedisArgs
from infra.preflight.bounds import Bounds
from infra.program.autoscaling import Autoscaling
from infra.program.rollout import migration_seconds
from infra.sizing.plan import RedisPlan, StackPlan
from infra.stack_file.reader.program_config import Secrets
from infra.stack_file.stack_config import StackConfig


@dataclass(frozen=True, kw_only=True)
class Base:
    """Hold what every workload needs; `opts` has the provider and waits for the namespaces' bounds."""

    images: Mapping[str, str]
    namespaces: Namespaces
    credentials: Credentials
    opts: pulumi.ResourceOptions
    celery_nodes: Sequence[pulumi.Resource]  # empty without Celery servers; workers wait for them
    now: Bounds  # the namespace's bounds before this update
    autoscaled: frozenset[str] = frozenset()  # Deployments whose replica count the last update left to an autoscaler

    def after(self, *resources: pulumi.Resource) -> pulumi.ResourceOptions:
        """Return `opts` that also wait for the given resources."""
        return pulumi.ResourceOptions.merge(self.opts, pulumi.ResourceOptions(depends_on=list(resources)))


@dataclass(frozen=True, kw_only=True)
class Shop:
    """Hold the resources that the rest of the program waits for."""

    workloads: Sequence[pulumi.Resource]  # everything with pods; bounds that fall are set after it
    ingress: Ingress


def deploy_shop(config: StackConfig, secrets: Secrets, plan: StackPlan, base: Base) -> Shop:
    """Register the data services first, then the migration, then the workloads that need its result."""
    scaling = Autoscaling(plan, base.now, base.namespaces.app)
    base = replace(base, opts=base.after(*scaling.lower(base.opts)))
    credentials = base.credentials
    data, backup = _data(plan, base, credentials)
    environment = AppEnvironment(
        "app-environment",
        AppEnvironmentArgs(
            plan=plan,
            app=config.app,
            namespace=base.namespaces.app,
            hosts=config.hosts,
            postgres_password=credentials.postgres,
            broker_password=credentials.redis_broker,
            cache_password=credentials.redis_cache,
            django_secret_key=credentials.django,
            env=config.env,
            env_secrets=secrets.env,
        ),
        opts=base.opts,
    )
    image = AppImage(image=config.image, pull_secret=_pull_secret(config, secrets, base))
    migrate = Migrate(
        "migrate",
        MigrateArgs(
            plan=plan.django.migrate,
            namespace=base.namespaces.app,
            image=image,
            environment=environment,
            deadline_seconds=migration_seconds(config.rollout_minutes),
        ),
        opts=base.after(*data),
    )
    app = _App(image=image, environment=environment, migrate=migrate, scaling=scaling)
    django, ingress = _web(config, plan, base, app)
    return Shop(workloads=[*data, backup, migrate, django, *_celery(plan, base, app)], ingress=ingress)


@dataclass(frozen=True, kw_only=True)
class _App:
    """Hold what the web pods and Celery share."""

    image: AppImage
    environment: AppEnvironment
    migrate: Migrate
    scaling: Autoscaling


def _data(plan: StackPlan, base: Base, credentials: Credentials) -> tuple[list[pulumi.Resource], pulumi.Resource]:
    """Return the data services that the app waits for, and the backup, which nothing waits for."""
    namespace, images = base.namespaces.app, base.images
    postgres = Postgres(
        "postgres",
        PostgresArgs(
            plan=plan.postgres,
            namespace=namespace,
            password=credentials.postgres,
            exporter_password=credentials.postgres_exporter,
            backup_password=credentials.postgres_backup,
            images=images,
        ),
        opts=base.opts,
    )
    backup = PostgresBackup(
        "postgres-backup",
        PostgresBackupArgs(plan=plan.postgres, namespace=namespace, secret_name=postgres.secret_name, images=images),
        opts=base.after(postgres.stateful_set),
    )
    broker = _redis(
        "redis-broker",
        plan.redis_broker,
        base,
        password=credentials.redis_broker,
        exporter_password=credentials.redis_broker_exporter,
        admin_password=credentials.redis_broker_admin,
    )
    cache = _redis(
        "redis-cache",
        plan.redis_cache,
        base,
        password=credentials.redis_cache,
        exporter_password=credentials.redis_cache_exporter,
        admin_password=credentials.redis_cache_admin,
    )
    return [postgres, broker, cache, *_pooler(plan, base, credentials, postgres)], backup


def _redis(name: str, plan: RedisPlan, base: Base, **passwords: pulumi.Output[str]) -> Redis:
    """Register one Redis with the passwords that `RedisArgs` names."""
    args = RedisArgs(plan=plan, namespace=base.namespaces.app, images=base.images, **passwords)
    return Redis(name, args, opts=base.opts)


def _pooler(plan: StackPlan, base: Base, credentials: Credentials, postgres: Postgres) -> list[pulumi.Resource]:
    """Register PgBouncer before the app is told to use it; the engine deletes it after the app has stopped using it."""
    if plan.pgbouncer is None:
        return []
    pooler = PgBouncer(
        "pgbouncer",
        PgBouncerArgs(
            plan=plan.pgbouncer,
            namespace=base.namespaces.app,
            password=credentials.postgres,
            images=base.images,
        ),
        opts=base.after(postgres.stateful_set),
    )
    return [pooler]


def _web(config: StackConfig, plan: StackPlan, base: Base, app: _App) -> tuple[Django, Ingress]:
    workload = plan.django.workload
    django = Django(
        "django",
        DjangoArgs(
            plan=plan.django,
            app=config.app,
            namespace=base.namespaces.app,
            image=app.image,
            environment=app.environment,
            host=config.host,
            was_autoscaled=workload.name in base.autoscaled,
        ),
        opts=base.after(app.migrate.job),
    )
    # The Ingress comes after the pods: a name leads to the shop only once every pod accepts it.
    ingress = Ingress(
        "ingress",
        IngressArgs(namespace=base.namespaces.app, service_name=django.service_name, hosts=config.hosts),
        opts=base.after(django),
    )
    app.scaling.follow(workload, django.deployment_name, base.opts)
    return django, ingress


def _celery(plan: StackPlan, base: Base, app: _App) -> list[pulumi.Resource]:
    namespace, image, environment = base.namespaces.app, app.image, app.environment
    after = base.after(app.migrate.job)
    made: list[pulumi.Resource] = []
    for pool in plan.workers:
        worker = CeleryWorker(
            pool.workload.name,
            CeleryWorkerArgs(
                plan=pool,
                namespace=namespace,
                image=image,
                environment=environment,
                was_autoscaled=pool.workload.name in base.autoscaled,
            ),
            opts=base.after(app.migrate.job, *base.celery_nodes),
        )
        app.scaling.follow(pool.workload, worker.deployment_name, base.opts)
        made.append(worker)
    beat = CeleryBeatArgs(
        plan=plan.beat, worker=plan.workers[0], namespace=namespace, image=image, environment=environment
    )
    exporter = QueueExporterArgs(
        plan=plan.monitoring.queue_exporter,
        workers=plan.workers,
        namespace=namespace,
        image=image,
        environment=environment,
    )
    return [*made, CeleryBeat("celery-beat", beat, opts=after), QueueExporter("queue-exporter", exporter, opts=after)]


def _pull_secret(config: StackConfig, secrets: Secrets, base: Base) -> pulumi.Output[str] | None:
    registry = config.registry
    if registry is None or secrets.registry_password is None:
        return None

    def render(password: str) -> str:
        auth = base64.b64encode(f"{registry.username}:{password}".encode()).decode()
        return json.dumps({"auths": {registry.server: {"auth": auth}}})

    secret = core.v1.Secret(
        "registry",
        metadata=meta.v1.ObjectMetaArgs(namespace=base.namespaces.app),
        type="kubernetes.io/dockerconfigjson",
        string_data={".dockerconfigjson": secrets.registry_password.apply(render)},
        opts=base.opts,
    )
    made: pulumi.Output[str] = secret.metadata.name
    return made
