"""The web pods."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import apps, core, meta

from infra.components._kubernetes import child_of, empty_dir, hardened, metadata, mount, resources
from infra.components.app_environment import AppEnvironment
from infra.components.app_pod import AppImage, app_pod
from infra.models.stack_config import AppConfig
from infra.names import DJANGO, labels, selector
from infra.sizing.plan import DjangoPlan

SERVICE_PORT = 80
_GRACE_SECONDS = 40  # gunicorn's own 30 s and the pause below
_PAUSE_SECONDS = 5  # until traefik has heard that the pod is going
_MAX_REQUESTS, _JITTER = 2000, 200  # against leaks; jitter keeps the pods from restarting together
# Longer than the 90 s for which traefik keeps an idle connection (forwardingTimeouts.idleConnTimeout of its reference):
# closed by gunicorn, it may be on its way with an order, and the customer gets a 502.
_KEEP_ALIVE_SECONDS = 95
# gunicorn's own format, with the customer's address in place of traefik's.
_ACCESS_LOG = """--access-logformat='%({x-forwarded-for}i)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"'"""


@dataclass(frozen=True, kw_only=True)
class DjangoArgs:
    """Inputs of `Django`."""

    plan: DjangoPlan
    app: AppConfig
    namespace: pulumi.Input[str]
    image: AppImage
    environment: AppEnvironment
    domain: str | None


class Django(pulumi.ComponentResource):
    """Deployment and Service; an autoscaled Deployment names no replicas (ADR 0003)."""

    deployment_name: pulumi.Output[str]
    service_name: pulumi.Output[str]

    def __init__(self, name: str, args: DjangoArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:app:Django", name, None, opts)
        replicas = args.plan.workload.replicas
        deployment = apps.v1.Deployment(
            f"{name}-deployment",
            metadata=metadata(DJANGO, args.namespace),
            spec=apps.v1.DeploymentSpecArgs(
                replicas=None if replicas.autoscaled else replicas.planned,
                selector=meta.v1.LabelSelectorArgs(match_labels=selector(DJANGO)),
                strategy=apps.v1.DeploymentStrategyArgs(
                    type="RollingUpdate",
                    rolling_update=apps.v1.RollingUpdateDeploymentArgs(max_surge=replicas.surge, max_unavailable=0),
                ),
                template=core.v1.PodTemplateSpecArgs(
                    metadata=meta.v1.ObjectMetaArgs(labels=labels(DJANGO)),
                    spec=app_pod(
                        args.image,
                        _container(args),
                        volumes=[empty_dir("heartbeat", "1Mi", memory=True)],
                        grace_seconds=_GRACE_SECONDS,
                    ),
                ),
            ),
            opts=child_of(self),
        )
        port = core.v1.ServicePortArgs(name="http", port=SERVICE_PORT, target_port="http")
        service = core.v1.Service(
            f"{name}-service",
            metadata=metadata(DJANGO, args.namespace, {"pulumi.com/skipAwait": "true"}),
            spec=core.v1.ServiceSpecArgs(selector=selector(DJANGO), ports=[port]),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.deployment_name, self.service_name = deployment.metadata.name, service.metadata.name
        self.register_outputs({"deployment_name": self.deployment_name, "service_name": self.service_name})


def gunicorn_arguments(plan: DjangoPlan, port: int) -> str:
    """GUNICORN_CMD_ARGS: gunicorn reads it by itself."""
    return (
        f"--bind=0.0.0.0:{port} --workers={plan.processes} --threads={plan.threads} --worker-class=gthread "
        f"--worker-tmp-dir=/run/gunicorn --max-requests={_MAX_REQUESTS} --max-requests-jitter={_JITTER} "
        f"--keep-alive={_KEEP_ALIVE_SECONDS} --timeout={plan.request_timeout} --access-logfile=- {_ACCESS_LOG}"
    )


def _container(args: DjangoArgs) -> core.v1.ContainerArgs:
    return core.v1.ContainerArgs(
        name="django",
        image=args.image.image,
        command=["gunicorn", args.app.wsgi],
        ports=[core.v1.ContainerPortArgs(name="http", container_port=args.app.port)],
        env_from=args.environment.env_from(),
        env=[core.v1.EnvVarArgs(name="GUNICORN_CMD_ARGS", value=gunicorn_arguments(args.plan, args.app.port))],
        resources=resources(args.plan.workload.container("django")),
        security_context=hardened(),
        startup_probe=_probe(args, period=2, failures=60),
        readiness_probe=_probe(args, period=5, failures=6),
        liveness_probe=_probe(args, period=30, failures=6),
        lifecycle=core.v1.LifecycleArgs(
            pre_stop=core.v1.LifecycleHandlerArgs(sleep=core.v1.SleepActionArgs(seconds=_PAUSE_SECONDS)),
        ),
        volume_mounts=[mount("tmp", "/tmp"), mount("heartbeat", "/run/gunicorn")],  # noqa: S108  a mount in the container
    )


def _probe(args: DjangoArgs, *, period: int, failures: int) -> core.v1.ProbeArgs:
    """HTTP with a Host that Django allows, or every probe would be a 400."""
    headers = [core.v1.HTTPHeaderArgs(name="Host", value=args.domain)] if args.domain else None
    get = core.v1.HTTPGetActionArgs(path=args.app.health_path, port="http", http_headers=headers)
    return core.v1.ProbeArgs(http_get=get, period_seconds=period, timeout_seconds=5, failure_threshold=failures)
