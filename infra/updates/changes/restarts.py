"""Find the pods that restart because their template reads a changed value.

Each rule here repeats what a component puts into its pods. tests/updates/changes/test_restarts.py compares the rules
with the program's own manifests; [ADR 45](../../../docs/adr/0045-restarts-by-rules.md) says why both sides are not
rendered instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from infra.alerts.dashboards import dashboards
from infra.alerts.rules import rules
from infra.names import CELERY_ROLE, GRAFANA, POSTGRES, PROMETHEUS, QUEUE_EXPORTER, REDIS_BROKER, REDIS_CACHE
from infra.sizing.plan import StackPlan, WorkerPlan, WorkloadPlan
from infra.stack_file.stack_config import StackConfig

SERVER, CELERY_SERVERS, K3S, TRAEFIK = "server", "Celery servers", "k3s", "traefik"
# These two reasons come from the server under the pod, not from the workload itself.
WITH_SERVER, WITH_CELERY_SERVERS = "the server is resized", "the Celery servers are resized"
_JOBS = ("Job", "CronJob")
_IMAGE_USERS = {
    "postgres": (POSTGRES,),
    "postgres_exporter": (POSTGRES,),
    "redis": (REDIS_BROKER, REDIS_CACHE),
    "redis_exporter": (REDIS_BROKER, REDIS_CACHE),
    "prometheus": (PROMETHEUS,),
    "alertmanager": (PROMETHEUS,),
    "node_exporter": ("node-exporter",),
    "grafana": (GRAFANA,),
    "pgbouncer": ("pgbouncer",),
}
# Every pod of the app reads these fields of the stack file.
_APP_FIELDS = ("image", "env", "registry")
# Only the web pods read these fields of `app`: in their command and probes.
_WEB_FIELDS = ("application", "port", "health_path")
# One part alone reads each of these fields.
_READERS = {"alerts": PROMETHEUS, "k3s": K3S, "kubeconfig_epoch": K3S}
# These fields of a worker's plan do not go into the settings file. Beat and the exporter mount the first pool's file.
_POOL_ONLY = ("workload", "pool", "queues", "concurrency", "longest_time_limit", "grace_period", "reasons")


def pods_that_restart(before: StackPlan, after: StackPlan) -> dict[str, list[str]]:
    """Return the workloads of both plans whose pods read a changed amount or setting, with the reasons."""
    old, new = _templates(before), _templates(after)
    return {
        name: [reason for reason, value in new[name].items() if old[name].get(reason) != value]
        for name in new
        if name in old and old[name] != new[name]
    }


def restarts_of_config(before: StackConfig, after: StackConfig, plan: StackPlan) -> dict[str, list[str]]:
    """Return the workloads, or k3s, that read a changed value of the stack file itself, with the reasons.

    Args:
        before: the stack config of the last update.
        after: the stack config of the next update.
        plan: the plan after the update; workloads that it does not have are left out.
    """
    found: dict[str, list[str]] = {}

    def add(names: tuple[str, ...], reason: str) -> None:
        for name in names:
            found.setdefault(name, []).append(reason)

    for names, reason in _app_reasons(before, after, app_workloads(plan)):
        add(names, reason)
    for image, names in _IMAGE_USERS.items():
        if before.images.get(image) != after.images.get(image):
            add(names, f"stagecoach:images.{image}")
    for field, name in _READERS.items():
        if getattr(before, field) != getattr(after, field):
            add((name,), f"stagecoach:{field}")
    for changed in _traefiks(before, after):
        add((TRAEFIK,), f"stagecoach:{changed}")
    if before.hosts != after.hosts:
        add((PROMETHEUS,), f"stagecoach:{_names_key(before, after)}")
    present = {workload.name for workload in plan.workloads} | {K3S}
    return {name: why for name, why in found.items() if name in present}


def pods_on_the_server(plan: StackPlan) -> tuple[str, ...]:
    """Return the long-running workloads that stop with the main server; those on Celery servers keep running."""
    return tuple(one.name for one in plan.workloads if one.kind not in _JOBS and one.node_role != CELERY_ROLE)


def app_workloads(plan: StackPlan) -> tuple[str, ...]:
    """Return the names of all long-running workloads that use the app's image, the web pods first."""
    workers = tuple(worker.workload.name for worker in plan.workers)
    return (plan.django.workload.name, *workers, plan.beat.name, plan.monitoring.queue_exporter.name)


def _app_reasons(
    before: StackConfig, after: StackConfig, names: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield (workloads, field) for each changed field of the app.

    Args:
        before: the stack config of the last update.
        after: the stack config of the next update.
        names: the app's workloads, the web pods first.
    """
    for field in _APP_FIELDS:
        if getattr(before, field) != getattr(after, field):
            yield names, f"stagecoach:{field}"
    if before.hosts != after.hosts:  # A single name means the same under `domain` and `domains`.
        yield names, f"stagecoach:{_names_key(before, after)}"
    for one in ("settings_module", "aliases"):
        if getattr(before.app, one) != getattr(after.app, one):
            yield names, f"stagecoach:app.{one}"
    if before.app.celery_app != after.app.celery_app:
        yield names[1:], "stagecoach:app.celery_app"
    # `events` recognises a changed environment by the prefix `stagecoach:`. Here the environment stays the same and no
    # migration runs, so these reasons have no prefix.
    for one in _WEB_FIELDS:
        if getattr(before.app, one) != getattr(after.app, one):
            yield names[:1], f"app.{after.app.interface if one == 'application' else one}"


def _names_key(before: StackConfig, after: StackConfig) -> str:
    return "domains" if before.domains or after.domains else "domain"


def _traefiks(before: StackConfig, after: StackConfig) -> Iterator[str]:
    """Yield the changed fields that traefik's arguments and mounts depend on."""
    if bool(before.hosts) != bool(after.hosts):
        yield _names_key(before, after)
    # The pod mounts the file of redirects only if there are redirects. traefik reloads a changed file without a
    # restart.
    elif bool(before.hosts[1:]) != bool(after.hosts[1:]):
        yield "domains"
    if before.hosts and after.hosts and before.acme_email != after.acme_email:
        yield "acme_email"


def _templates(plan: StackPlan) -> Mapping[str, dict[str, object]]:
    """Return what each long-running workload's pods read, by the reason that is shown to people."""
    found = {one.name: _pod(one) for one in plan.workloads if one.kind not in _JOBS}
    settings = _settings(plan.workers[0])
    # Each worker's environment names the queues of all pools.
    queues = [(one.pool, one.queues) for one in plan.workers]
    for worker in plan.workers:
        own = {"grace_period": worker.grace_period, "concurrency": worker.concurrency, "queues": queues}
        found[worker.workload.name] |= {"Celery settings": _settings(worker), "pool": worker.pool, **own}
    found[plan.beat.name]["Celery settings"] = settings
    pools = [(one.pool, one.queues, one.concurrency, one.time_limit) for one in plan.workers]
    found[QUEUE_EXPORTER] |= {"Celery settings": settings, "pools": pools}
    found[plan.django.workload.name] |= {
        "gunicorn": (
            plan.django.processes,
            plan.django.threads,
            plan.django.interface,
            plan.django.request_timeout,
        )
    }
    for name in app_workloads(plan):
        found[name]["DATABASE_URL"] = plan.pgbouncer is not None
    found[TRAEFIK]["read timeout"] = plan.django.read_timeout
    _data(plan, found)
    return found


def _data(plan: StackPlan, found: dict[str, dict[str, object]]) -> None:
    found[POSTGRES] |= {"settings": plan.postgres.settings, "shared memory": plan.postgres.shm_size}
    for redis in (plan.redis_broker, plan.redis_cache):
        config = redis.maxmemory, redis.maxmemory_policy, redis.appendonly, redis.storage is None
        found[redis.workload.name]["settings"] = config
    if plan.pgbouncer:
        found[plan.pgbouncer.workload.name]["settings"] = _without_replicas(plan.pgbouncer)
    monitoring = plan.monitoring
    retention = monitoring.storage, monitoring.retention_days
    found[PROMETHEUS] |= {"retention": retention, "alert rules": rules(plan)}
    if monitoring.grafana:
        found[GRAFANA]["dashboards"] = dashboards(plan)


def _pod(workload: WorkloadPlan) -> dict[str, object]:
    return {"requests and limits": workload.containers, "node": workload.node_role}


def _settings(worker: WorkerPlan) -> dict[str, object]:
    return {key: value for key, value in vars(worker).items() if key not in _POOL_ONLY}


def _without_replicas(plan: object) -> dict[str, object]:
    return {key: value for key, value in vars(plan).items() if key not in ("workload", "reasons")}
