"""Run the web pods."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import apps, core, meta

from infra.components._kubernetes import (
    empty_dir,
    hardened,
    metadata,
    mount,
    resources,
    scalable,
    taking_back,
)
from infra.components.app_environment import MODULE_PATH, AppEnvironment, after_services
from infra.components.app_pod import AppImage, app_pod, tmp
from infra.components.web_probes import web_probe
from infra.names import DJANGO, labels, selector
from infra.sizing.plan import DjangoPlan
from infra.stack_file.app_config import AppConfig

SERVICE_PORT = 80
_GRACE_SECONDS = 40  # seconds: gunicorn's own 30, the pause below, and a reserve
_PAUSE_SECONDS = 5  # seconds until traefik has learned that the pod is ending
_MAX_REQUESTS, _JITTER = 2000, 200  # against leaks; the jitter keeps the pods from restarting together
# Traefik keeps an idle connection for 90 s (forwardingTimeouts.idleConnTimeout of its reference). If gunicorn closed it
# earlier, an order might just be on its way, and the customer would get a 502.
_KEEP_ALIVE_SECONDS = 95
# uvicorn's own class of that name is deprecated in favour of the package uvicorn-worker (uvicorn 0.54, workers.py).
_WORKER_CLASS = {"wsgi": "gthread", "asgi": "uvicorn_worker.UvicornWorker"}
# gunicorn's own format, with the customer's address instead of traefik's.
_ACCESS_LOG = """--access-logformat='%({x-forwarded-for}i)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"'"""


@dataclass(frozen=True, kw_only=True)
class DjangoArgs:
    """Hold the inputs of `Django`."""

    plan: DjangoPlan
    app: AppConfig
    namespace: pulumi.Input[str]
    image: AppImage
    environment: AppEnvironment
    host: str | None  # the shop's address, for the probes
    was_autoscaled: bool = False  # in the last update


class Django(pulumi.ComponentResource):
    """Run a Deployment behind a Service; an autoscaled Deployment sets no replicas (ADR 0003)."""

    deployment_name: pulumi.Output[str]
    service_name: pulumi.Output[str]

    def __init__(self, name: str, args: DjangoArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:app:Django", name, None, opts)
        replicas = args.plan.workload.replicas
        deployment = apps.v1.Deployment(
            f"{name}-deployment",
            metadata=metadata(DJANGO, args.namespace, taking_back(replicas, was_autoscaled=args.was_autoscaled)),
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
                        volumes=[
                            tmp(args.plan.workload.container("django")),
                            empty_dir("heartbeat", "1Mi", memory=True),
                            args.environment.start_volume(),
                        ],
                        grace_seconds=_GRACE_SECONDS,
                    ),
                ),
            ),
            opts=scalable(self, replicas),
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
    """Return GUNICORN_CMD_ARGS, which gunicorn reads by itself; uvicorn's worker class takes no threads."""
    more = f"--pythonpath={MODULE_PATH} " if plan.interface == "asgi" else f"--threads={plan.threads} "
    return (
        f"--bind=0.0.0.0:{port} --workers={plan.processes} {more}--worker-class={_WORKER_CLASS[plan.interface]} "
        f"--worker-tmp-dir=/run/gunicorn --max-requests={_MAX_REQUESTS} --max-requests-jitter={_JITTER} "
        f"--keep-alive={_KEEP_ALIVE_SECONDS} --timeout={plan.request_timeout} --access-logfile=- {_ACCESS_LOG}"
    )


def gunicorn_application(app: AppConfig) -> str:
    """Return the application for gunicorn: an ASGI application is wrapped in our module that limits its requests."""
    return "stagecoach_asgi:application" if app.interface == "asgi" else app.application


def asgi_variables(plan: DjangoPlan, app: AppConfig) -> dict[str, str]:
    """Return the variables of that module; none if the app is served by WSGI."""
    if app.interface == "wsgi":
        return {}
    return {"STAGECOACH_ASGI_APP": app.application, "STAGECOACH_ASGI_REQUESTS": str(plan.threads)}


def _container(args: DjangoArgs) -> core.v1.ContainerArgs:
    variables = {
        "GUNICORN_CMD_ARGS": gunicorn_arguments(args.plan, args.app.port),
        **asgi_variables(args.plan, args.app),
    }
    return core.v1.ContainerArgs(
        name="django",
        image=args.image.image,
        command=after_services("gunicorn", gunicorn_application(args.app)),
        ports=[core.v1.ContainerPortArgs(name="http", container_port=args.app.port)],
        env_from=args.environment.env_from(),
        env=[core.v1.EnvVarArgs(name=key, value=value) for key, value in variables.items()],
        resources=resources(args.plan.workload.container("django")),
        security_context=hardened(),
        startup_probe=web_probe(args.app, args.host, period=2, failures=60),
        readiness_probe=web_probe(args.app, args.host, period=5, failures=6),
        liveness_probe=web_probe(args.app, args.host, period=30, failures=6),
        lifecycle=core.v1.LifecycleArgs(
            pre_stop=core.v1.LifecycleHandlerArgs(sleep=core.v1.SleepActionArgs(seconds=_PAUSE_SECONDS)),
        ),
        volume_mounts=[
            mount("tmp", "/tmp"),  # noqa: S108  a mount in the container
            mount("heartbeat", "/run/gunicorn"),
            args.environment.start_mount(),
        ],
    )
