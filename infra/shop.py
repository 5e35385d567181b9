"""The shop in the cluster: data services and the app."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import core, meta

from infra.components.app_environment import AppEnvironment, AppEnvironmentArgs
from infra.components.app_pod import AppImage
from infra.components.autoscaler import Autoscaler, AutoscalerArgs
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
from infra.config.program_config import Secrets
from infra.models.stack_config import StackConfig
from infra.rollout import migration_seconds
from infra.sizing.plan import StackPlan


@dataclass(frozen=True, kw_only=True)
class Base:
    """What every workload stands on; `opts` carries the provider and waits for the namespaces' bounds."""

    images: Mapping[str, str]
    namespaces: Namespaces
    credentials: Credentials
    opts: pulumi.ResourceOptions
    celery_nodes: Sequence[pulumi.Resource]  # where the plan has such: workers wait for them

    def after(self, *resources: pulumi.Resource) -> pulumi.ResourceOptions:
        """`opts` that wait for more."""
        return pulumi.ResourceOptions.merge(self.opts, pulumi.ResourceOptions(depends_on=list(resources)))


def domains_of(config: StackConfig) -> tuple[str, ...]:
    """Every name that the shop has; none where it is reached by its address."""
    return (config.domain,) if config.domain else ()


def deploy_shop(config: StackConfig, secrets: Secrets, plan: StackPlan, base: Base) -> Ingress:
    """Data services first, then the migration, then what uses its result; the way in."""
    credentials = base.credentials
    data = _data(plan, base, credentials)
    environment = AppEnvironment(
        "app-environment",
        AppEnvironmentArgs(
            plan=plan,
            app=config.app,
            namespace=base.namespaces.app,
            domain=config.domain,
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
    ingress = _web(config, plan, base, (image, environment), migrate)
    _celery(plan, base, (image, environment), migrate)
    return ingress


def _data(plan: StackPlan, base: Base, credentials: Credentials) -> list[pulumi.Resource]:
    namespace, images = base.namespaces.app, base.images
    postgres = Postgres(
        "postgres",
        PostgresArgs(plan=plan.postgres, namespace=namespace, password=credentials.postgres, images=images),
        opts=base.opts,
    )
    PostgresBackup(
        "postgres-backup",
        PostgresBackupArgs(plan=plan.postgres, namespace=namespace, secret_name=postgres.secret_name, images=images),
        opts=base.after(postgres.stateful_set),
    )
    broker = Redis(
        "redis-broker",
        RedisArgs(plan=plan.redis_broker, namespace=namespace, password=credentials.redis_broker, images=images),
        opts=base.opts,
    )
    cache = Redis(
        "redis-cache",
        RedisArgs(plan=plan.redis_cache, namespace=namespace, password=credentials.redis_cache, images=images),
        opts=base.opts,
    )
    return [postgres, broker, cache, *_pooler(plan, base, credentials, postgres)]


def _pooler(plan: StackPlan, base: Base, credentials: Credentials, postgres: Postgres) -> list[pulumi.Resource]:
    """It stands before the app is told to use it, and goes after the app has left it."""
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


def _web(
    config: StackConfig, plan: StackPlan, base: Base, app: tuple[AppImage, AppEnvironment], migrate: Migrate
) -> Ingress:
    image, environment = app
    django = Django(
        "django",
        DjangoArgs(
            plan=plan.django,
            app=config.app,
            namespace=base.namespaces.app,
            image=image,
            environment=environment,
            domain=config.domain,
        ),
        opts=base.after(migrate.job),
    )
    ingress = Ingress(
        "ingress",
        IngressArgs(namespace=base.namespaces.app, service_name=django.service_name, domain=config.domain),
        opts=base.opts,
    )
    if plan.django.workload.replicas.autoscaled:
        Autoscaler(
            "django-autoscaler",
            AutoscalerArgs(
                plan=plan.django.workload,
                namespace=base.namespaces.app,
                deployment_name=django.deployment_name,
            ),
            opts=base.opts,
        )
    return ingress


def _celery(plan: StackPlan, base: Base, app: tuple[AppImage, AppEnvironment], migrate: Migrate) -> None:
    image, environment = app
    namespace = base.namespaces.app
    for worker in plan.workers:
        made = CeleryWorker(
            worker.workload.name,
            CeleryWorkerArgs(plan=worker, namespace=namespace, image=image, environment=environment),
            opts=base.after(migrate.job, *base.celery_nodes),
        )
        if worker.workload.replicas.autoscaled:
            Autoscaler(
                f"{worker.workload.name}-autoscaler",
                AutoscalerArgs(plan=worker.workload, namespace=namespace, deployment_name=made.deployment_name),
                opts=base.opts,
            )
    CeleryBeat(
        "celery-beat",
        CeleryBeatArgs(
            plan=plan.beat, worker=plan.workers[0], namespace=namespace, image=image, environment=environment
        ),
        opts=base.after(migrate.job),
    )
    QueueExporter(
        "queue-exporter",
        QueueExporterArgs(
            plan=plan.monitoring.queue_exporter,
            workers=plan.workers,
            namespace=namespace,
            image=image,
            environment=environment,
        ),
        opts=base.after(migrate.job),
    )


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
