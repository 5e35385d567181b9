"""Run one Redis: the broker or the cache."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import apps, core, meta

from infra.components._kubernetes import (
    DATA_PRIORITY,
    child_of,
    claim,
    empty_dir,
    exec_probe,
    hardened,
    metadata,
    mount,
    pod_security,
    resources,
    scrape,
    scratch,
    secret_env,
    tcp_probe,
)
from infra.components.redis_users import ADMIN, EXPORTER, RedisPasswords, render_users
from infra.names import labels, selector
from infra.sizing.plan import RedisPlan

UID = 999  # the official image's redis user, who owns the broker's files on the volume
CACHE_UID = 10004  # a number of its own above the host's users; the cache keeps no file
PORT, EXPORTER_PORT = 6379, 9121
_CLAIM_SIZE = "2Gi"  # constant, as in every claim template
# A Redis that hangs accepts the connection and never answers. The kubelet's time-out ends only the shell, and
# containerd waits two more minutes for redis-cli, which holds its output (containerd#9568). So `timeout` ends redis-cli
# first.
_PING = ["sh", "-c", "timeout 4 redis-cli ping | grep -q PONG"]


@dataclass(frozen=True, kw_only=True)
class RedisArgs:
    """Hold the inputs of `Redis`; the plan has the workload's name."""

    plan: RedisPlan
    namespace: pulumi.Input[str]
    password: pulumi.Input[str]  # the app's password
    exporter_password: pulumi.Input[str]
    admin_password: pulumi.Input[str]
    images: Mapping[str, str]


class Redis(pulumi.ComponentResource):
    """Run one Redis; config and passwords are in one autonamed Secret, so that a change restarts just this instance."""

    def __init__(self, name: str, args: RedisArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:data:Redis", name, None, opts)
        workload = args.plan.workload.name
        keys = {"password": args.password, EXPORTER: args.exporter_password, ADMIN: args.admin_password}
        config = pulumi.Output.all(**keys).apply(
            lambda one: render_config(
                args.plan, RedisPasswords(app=one["password"], exporter=one[EXPORTER], admin=one[ADMIN])
            )
        )
        secret = core.v1.Secret(
            f"{name}-config",
            metadata=meta.v1.ObjectMetaArgs(namespace=args.namespace, labels=labels(workload)),
            string_data={"redis.conf": config, **keys},
            opts=pulumi.ResourceOptions(parent=self),
        )
        service = core.v1.Service(
            f"{name}-service",
            metadata=metadata(workload, args.namespace, {"pulumi.com/skipAwait": "true"}),
            spec=core.v1.ServiceSpecArgs(
                selector=selector(workload), ports=[core.v1.ServicePortArgs(name="redis", port=PORT)]
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        options = child_of(self, protect=True)
        options.ignore_changes = ["spec.volumeClaimTemplates"]
        options.depends_on = [service]
        apps.v1.StatefulSet(
            f"{name}-stateful-set",
            metadata=metadata(workload, args.namespace),
            spec=apps.v1.StatefulSetSpecArgs(
                replicas=1,
                service_name=workload,
                selector=meta.v1.LabelSelectorArgs(match_labels=selector(workload)),
                volume_claim_templates=[claim("data", _CLAIM_SIZE)] if args.plan.storage else None,
                template=core.v1.PodTemplateSpecArgs(
                    metadata=meta.v1.ObjectMetaArgs(labels=labels(workload), annotations=scrape(EXPORTER_PORT)),
                    spec=_pod(args, secret.metadata.name),
                ),
            ),
            opts=options,
        )
        self.register_outputs({})


def render_config(plan: RedisPlan, passwords: RedisPasswords) -> str:
    """Return redis.conf; memory is in bytes."""
    lines = [
        # The app may empty a database that is never stored.
        *render_users(passwords, may_clear=not plan.appendonly),
        f"maxmemory {plan.maxmemory.bytes}",
        f"maxmemory-policy {plan.maxmemory_policy}",
        "dir /data",
        'save ""',
        f"appendonly {'yes' if plan.appendonly else 'no'}",
    ]
    if plan.appendonly:
        # With this, an accepted task survives a power cut. A VPS's SSD is fast enough for an fsync per publish.
        lines += ["appendfsync always", "auto-aof-rewrite-min-size 16mb"]
    return "\n".join(lines) + "\n"


def _pod(args: RedisArgs, secret: pulumi.Input[str]) -> core.v1.PodSpecArgs:
    config = core.v1.SecretVolumeSourceArgs(
        secret_name=secret, items=[core.v1.KeyToPathArgs(key="redis.conf", path="redis.conf")]
    )
    return core.v1.PodSpecArgs(
        priority_class_name=DATA_PRIORITY,
        automount_service_account_token=False,
        security_context=pod_security(UID if args.plan.storage else CACHE_UID),
        containers=[_redis(args, secret), _exporter(args, secret)],
        volumes=[
            core.v1.VolumeArgs(name="config", secret=config),
            *([] if args.plan.storage else [empty_dir("data", scratch(args.plan.workload.container("redis")))]),
        ],
    )


def _redis(args: RedisArgs, secret: pulumi.Input[str]) -> core.v1.ContainerArgs:
    return core.v1.ContainerArgs(
        name="redis",
        image=args.images["redis"],
        command=["redis-server", "/config/redis.conf"],
        ports=[core.v1.ContainerPortArgs(name="redis", container_port=PORT)],
        # redis-cli logs in as the app's user. Somebody who needs more rights logs in as `admin`.
        env=[secret_env("REDISCLI_AUTH", secret, "password"), secret_env("ADMIN_PASSWORD", secret, ADMIN)],
        resources=resources(args.plan.workload.container("redis")),
        security_context=hardened(),
        # While Redis loads an append-only file, it answers LOADING instead of PONG.
        startup_probe=exec_probe(_PING, period=2, failures=150),
        readiness_probe=exec_probe(_PING, period=10),
        liveness_probe=exec_probe(_PING, period=20, failures=6),
        volume_mounts=[mount("config", "/config", read_only=True), mount("data", "/data")],
    )


def _exporter(args: RedisArgs, secret: pulumi.Input[str]) -> core.v1.ContainerArgs:
    return core.v1.ContainerArgs(
        name="exporter",
        image=args.images["redis_exporter"],
        ports=[core.v1.ContainerPortArgs(name="metrics", container_port=EXPORTER_PORT)],
        env=[
            core.v1.EnvVarArgs(name="REDIS_ADDR", value=f"redis://127.0.0.1:{PORT}"),
            core.v1.EnvVarArgs(name="REDIS_USER", value=EXPORTER),
            secret_env("REDIS_PASSWORD", secret, EXPORTER),
        ],
        resources=resources(args.plan.workload.container("exporter")),
        security_context=hardened(),
        # Without a readiness probe: an exporter that is not ready would take Redis out of its Service.
        liveness_probe=tcp_probe("metrics", period=30),
    )
