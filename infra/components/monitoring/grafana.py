"""Run Grafana with the stack's dashboards, if the stack file asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import yaml
from pulumi_kubernetes import apps, core, meta

from infra.alerts.dashboards.panel import DATA_SOURCE
from infra.components._kubernetes import (
    APP_PRIORITY,
    child_of,
    empty_dir,
    hardened,
    metadata,
    mount,
    pod_security,
    resources,
    secret_env,
)
from infra.names import GRAFANA, MONITORING_NAMESPACE, PROMETHEUS, labels, selector
from infra.sizing.plan import WorkloadPlan

PORT = 3000
_UID = 472  # the image's grafana user
_KINDS = ("datasources", "dashboards")
_PROVISIONING, _DASHBOARDS = "/etc/stagecoach", "/etc/stagecoach-dashboards"
HOW_TO_REACH = (
    f"kubectl -n {MONITORING_NAMESPACE} port-forward deployment/{GRAFANA} {PORT}, then http://localhost:{PORT} as admin"
    f" with the password of: kubectl -n {MONITORING_NAMESPACE} get secret -l app.kubernetes.io/name={GRAFANA}"
    " -o go-template='{{range .items}}{{.data.password | base64decode}}{{end}}'"
)
# Nobody can sign up or look in without a login, and it downloads nothing and reports nothing: its network policy lets
# it reach Prometheus only.
_SETTINGS = {
    "GF_SECURITY_ADMIN_USER": "admin",
    "GF_SECURITY_DISABLE_GRAVATAR": "true",
    "GF_AUTH_ANONYMOUS_ENABLED": "false",
    "GF_USERS_ALLOW_SIGN_UP": "false",
    "GF_ANALYTICS_REPORTING_ENABLED": "false",
    "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
    "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
    "GF_NEWS_NEWS_FEED_ENABLED": "false",
    "GF_PLUGINS_PREINSTALL_DISABLED": "true",
    "GF_UNIFIED_ALERTING_ENABLED": "false",  # Prometheus alerts
    "GF_LOG_MODE": "console",
    "GF_PATHS_PROVISIONING": _PROVISIONING,
    "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH": f"{_DASHBOARDS}/shop.json",
}


@dataclass(frozen=True, kw_only=True)
class GrafanaArgs:
    """Hold the inputs of `Grafana`."""

    plan: WorkloadPlan
    namespace: pulumi.Input[str]
    images: Mapping[str, str]
    password: pulumi.Input[str]
    dashboards: pulumi.Input[str]  # the ConfigMap's name


class Grafana(pulumi.ComponentResource):
    """Run Grafana without storage: data source and dashboards come with every start, changes made by hand are lost."""

    def __init__(self, name: str, args: GrafanaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:monitoring:Grafana", name, None, opts)
        child, own = pulumi.ResourceOptions(parent=self), self._metadata(args)
        secret = core.v1.Secret(f"{name}-admin", metadata=own, string_data={"password": args.password}, opts=child)
        config = core.v1.ConfigMap(f"{name}-provisioning", metadata=own, data=render_provisioning(), opts=child)
        apps.v1.Deployment(
            f"{name}-deployment",
            metadata=metadata(GRAFANA, args.namespace),
            spec=apps.v1.DeploymentSpecArgs(
                replicas=1,
                selector=meta.v1.LabelSelectorArgs(match_labels=selector(GRAFANA)),
                strategy=apps.v1.DeploymentStrategyArgs(type="Recreate"),
                template=core.v1.PodTemplateSpecArgs(
                    metadata=meta.v1.ObjectMetaArgs(labels=labels(GRAFANA)),
                    spec=core.v1.PodSpecArgs(
                        priority_class_name=APP_PRIORITY,
                        automount_service_account_token=False,
                        enable_service_links=False,  # keeps GRAFANA_* and PROMETHEUS_* variables of other services out
                        security_context=pod_security(_UID),
                        containers=[_container(args, secret.metadata.name)],
                        volumes=_volumes(args, config.metadata.name),
                    ),
                ),
            ),
            opts=child_of(self),
        )
        self.register_outputs({})

    def _metadata(self, args: GrafanaArgs) -> meta.v1.ObjectMetaArgs:
        return meta.v1.ObjectMetaArgs(namespace=args.namespace, labels=labels(GRAFANA))


def render_provisioning() -> dict[str, str]:
    """Return the data source and the folder of dashboards, by file name."""
    source = {
        "name": "Prometheus",
        "uid": DATA_SOURCE,
        "type": "prometheus",
        "access": "proxy",
        "url": f"http://{PROMETHEUS}:9090",
        "isDefault": True,
        "editable": False,
        "jsonData": {"timeInterval": "30s"},  # the scrape interval
    }
    provider = {
        "name": "stagecoach",
        "type": "file",
        "disableDeletion": True,
        "allowUiUpdates": False,
        "options": {"path": _DASHBOARDS},
    }
    return {
        "datasources.yaml": yaml.safe_dump({"apiVersion": 1, "datasources": [source]}, sort_keys=False),
        "dashboards.yaml": yaml.safe_dump({"apiVersion": 1, "providers": [provider]}, sort_keys=False),
    }


def _container(args: GrafanaArgs, secret: pulumi.Input[str]) -> core.v1.ContainerArgs:
    get = core.v1.HTTPGetActionArgs(path="/api/health", port="web")
    probe = core.v1.ProbeArgs(http_get=get, period_seconds=10, timeout_seconds=5, failure_threshold=6)
    # The first start creates its database, which takes up to two minutes on a small server.
    slow = core.v1.ProbeArgs(http_get=get, period_seconds=5, timeout_seconds=5, failure_threshold=36)
    return core.v1.ContainerArgs(
        name="grafana",
        image=args.images["grafana"],
        ports=[core.v1.ContainerPortArgs(name="web", container_port=PORT)],
        env=[
            *(core.v1.EnvVarArgs(name=key, value=value) for key, value in _SETTINGS.items()),
            secret_env("GF_SECURITY_ADMIN_PASSWORD", secret, "password"),
        ],
        resources=resources(args.plan.container("grafana")),
        security_context=hardened(),
        startup_probe=slow,
        readiness_probe=probe,
        liveness_probe=probe,
        volume_mounts=[
            mount("provisioning", _PROVISIONING, read_only=True),
            mount("dashboards", _DASHBOARDS, read_only=True),
            mount("data", "/var/lib/grafana"),
            mount("tmp", "/tmp"),  # noqa: S108  a mount in the container
        ],
    )


def _volumes(args: GrafanaArgs, config: pulumi.Input[str]) -> list[core.v1.VolumeArgs]:
    """Return the volumes; Grafana expects one folder for each kind of provisioning."""
    items = [core.v1.KeyToPathArgs(key=f"{kind}.yaml", path=f"{kind}/stagecoach.yaml") for kind in _KINDS]
    source = core.v1.ConfigMapVolumeSourceArgs(name=config, items=items)
    files = core.v1.ConfigMapVolumeSourceArgs(name=args.dashboards)
    return [
        core.v1.VolumeArgs(name="provisioning", config_map=source),
        core.v1.VolumeArgs(name="dashboards", config_map=files),
        empty_dir("data", "512Mi"),
        empty_dir("tmp", "64Mi"),
    ]
