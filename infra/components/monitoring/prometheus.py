"""Run Prometheus with Alertmanager beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import yaml
from pulumi_kubernetes import apps, core, meta, rbac

from infra.alerts.rules import rules
from infra.alerts.scrape import scrape_config
from infra.components._kubernetes import (
    APP_PRIORITY,
    child_of,
    claim,
    empty_dir,
    hardened,
    metadata,
    mount,
    pod_security,
    resources,
    scratch,
)
from infra.components.monitoring.alertmanager import Alerting, alertmanager_config
from infra.components.monitoring.certificate import client_certificate_end
from infra.names import PROMETHEUS, labels, selector
from infra.sizing.plan import StackPlan

_UID = 65534  # the images' nobody
_PORT, _ALERT_PORT = 9090, 9093
_CLAIM_SIZE = "8Gi"  # constant, as in every claim template
_STORAGE_PERCENT = 80  # of the planned storage; the write-ahead log needs the rest


@dataclass(frozen=True, kw_only=True)
class PrometheusArgs:
    """Hold the inputs of `Prometheus`."""

    plan: StackPlan
    namespace: pulumi.Input[str]
    images: Mapping[str, str]
    kubeconfig: pulumi.Input[str]
    domains: Sequence[str]
    alerting: Alerting
    smtp_password: pulumi.Input[str] | None
    webhooks: pulumi.Input[Mapping[str, str]] | None
    heartbeat_url: pulumi.Input[str] | None


class Prometheus(pulumi.ComponentResource):
    """Run Prometheus, the only workload with a service-account token: it discovers pods and reads cAdvisor.

    Rules and receivers are in autonamed objects (ADR 0005): a change restarts the pod, but keeps the StatefulSet.
    """

    def __init__(self, name: str, args: PrometheusArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:monitoring:Prometheus", name, None, opts)
        account = self._account(name, args)
        config, alerts = self._files(name, args)
        options = child_of(self, protect=True)
        options.ignore_changes = ["spec.volumeClaimTemplates"]
        options.depends_on = [self._service(name, args)]
        apps.v1.StatefulSet(
            f"{name}-stateful-set",
            metadata=metadata(PROMETHEUS, args.namespace),
            spec=apps.v1.StatefulSetSpecArgs(
                replicas=1,
                service_name=PROMETHEUS,
                selector=meta.v1.LabelSelectorArgs(match_labels=selector(PROMETHEUS)),
                volume_claim_templates=[claim("data", _CLAIM_SIZE)],
                template=core.v1.PodTemplateSpecArgs(
                    metadata=meta.v1.ObjectMetaArgs(labels=labels(PROMETHEUS)),
                    spec=_pod(args, account, config.metadata.name, alerts.metadata.name),
                ),
            ),
            opts=options,
        )
        self.register_outputs({})

    def _files(self, name: str, args: PrometheusArgs) -> tuple[core.v1.ConfigMap, core.v1.Secret]:
        child = pulumi.ResourceOptions(parent=self)
        own = meta.v1.ObjectMetaArgs(namespace=args.namespace, labels=labels(PROMETHEUS))
        speed = args.plan.monitoring.alert_speed
        # The end of the certificate is not secret, although the kubeconfig is.
        end = pulumi.Output.unsecret(pulumi.Output.from_input(args.kubeconfig).apply(client_certificate_end))
        data: dict[str, pulumi.Input[str]] = {
            "prometheus.yml": yaml.safe_dump(scrape_config(speed), sort_keys=False),
            "rules.yml": end.apply(
                lambda at: yaml.safe_dump(rules(args.plan, kubeconfig_end=at, domains=args.domains), sort_keys=False)
            ),
        }
        config = core.v1.ConfigMap(f"{name}-config", metadata=own, data=data, opts=child)
        # The whole file is secret: receivers' URLs are as good as passwords.
        text = pulumi.Output.all(args.smtp_password, args.webhooks, args.heartbeat_url).apply(
            lambda given: yaml.safe_dump(
                alertmanager_config(
                    args.alerting, smtp_password=given[0], webhooks=given[1], heartbeat_url=given[2], speed=speed
                ),
                sort_keys=False,
            )
        )
        hidden: pulumi.Output[str] = pulumi.Output.secret(text)
        files = {"alertmanager.yml": hidden}
        alerts = core.v1.Secret(f"{name}-alertmanager", metadata=own, string_data=files, opts=child)
        return config, alerts

    def _service(self, name: str, args: PrometheusArgs) -> core.v1.Service:
        ports = {"web": _PORT, "alerts": _ALERT_PORT}
        return core.v1.Service(
            f"{name}-service",
            metadata=metadata(PROMETHEUS, args.namespace, {"pulumi.com/skipAwait": "true"}),
            spec=core.v1.ServiceSpecArgs(
                selector=selector(PROMETHEUS),
                ports=[core.v1.ServicePortArgs(name=key, port=port) for key, port in ports.items()],
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _account(self, name: str, args: PrometheusArgs) -> pulumi.Output[str]:
        child = pulumi.ResourceOptions(parent=self)
        account = core.v1.ServiceAccount(f"{name}-account", metadata=metadata(PROMETHEUS, args.namespace), opts=child)
        watch = ["get", "list", "watch"]
        role = rbac.v1.ClusterRole(
            f"{name}-role",
            metadata=metadata("stagecoach-prometheus", None),
            rules=[
                rbac.v1.PolicyRuleArgs(api_groups=[""], resources=["nodes", "pods"], verbs=watch),
                rbac.v1.PolicyRuleArgs(api_groups=[""], resources=["nodes/metrics"], verbs=["get"]),
            ],
            opts=child,
        )
        rbac.v1.ClusterRoleBinding(
            f"{name}-binding",
            metadata=metadata("stagecoach-prometheus", None),
            role_ref=rbac.v1.RoleRefArgs(
                api_group="rbac.authorization.k8s.io", kind="ClusterRole", name=role.metadata.name
            ),
            subjects=[rbac.v1.SubjectArgs(kind="ServiceAccount", name=account.metadata.name, namespace=args.namespace)],
            opts=child,
        )
        made: pulumi.Output[str] = account.metadata.name
        return made


def _pod(
    args: PrometheusArgs, account: pulumi.Input[str], config: pulumi.Input[str], alerts: pulumi.Input[str]
) -> core.v1.PodSpecArgs:
    return core.v1.PodSpecArgs(
        service_account_name=account,
        priority_class_name=APP_PRIORITY,
        security_context=pod_security(_UID),
        containers=[_prometheus(args), _alertmanager(args)],
        volumes=[
            core.v1.VolumeArgs(name="config", config_map=core.v1.ConfigMapVolumeSourceArgs(name=config)),
            core.v1.VolumeArgs(name="alerts", secret=core.v1.SecretVolumeSourceArgs(secret_name=alerts)),
            empty_dir("alertmanager", scratch(args.plan.monitoring.prometheus.container("alertmanager"))),
        ],
    )


def _prometheus(args: PrometheusArgs) -> core.v1.ContainerArgs:
    plan = args.plan.monitoring
    size = plan.storage.whole_mib * _STORAGE_PERCENT // 100
    return core.v1.ContainerArgs(
        name="prometheus",
        image=args.images["prometheus"],
        args=[
            "--config.file=/etc/prometheus/prometheus.yml",
            "--storage.tsdb.path=/prometheus",
            f"--storage.tsdb.retention.time={plan.retention_days}d",
            f"--storage.tsdb.retention.size={size}MB",
        ],
        ports=[core.v1.ContainerPortArgs(name="web", container_port=_PORT)],
        resources=resources(plan.prometheus.container("prometheus")),
        security_context=hardened(),
        startup_probe=_probe("/-/ready", "web", period=2, failures=300),
        liveness_probe=_probe("/-/healthy", "web", failures=6),
        readiness_probe=_probe("/-/ready", "web", failures=3),
        volume_mounts=[mount("config", "/etc/prometheus", read_only=True), mount("data", "/prometheus")],
    )


def _alertmanager(args: PrometheusArgs) -> core.v1.ContainerArgs:
    return core.v1.ContainerArgs(
        name="alertmanager",
        image=args.images["alertmanager"],
        args=[
            "--config.file=/etc/alertmanager/alertmanager.yml",
            "--storage.path=/alertmanager",
            "--cluster.listen-address=",
        ],
        ports=[core.v1.ContainerPortArgs(name="alerts", container_port=_ALERT_PORT)],
        resources=resources(args.plan.monitoring.prometheus.container("alertmanager")),
        security_context=hardened(),
        liveness_probe=_probe("/-/healthy", "alerts", failures=6),
        volume_mounts=[mount("alerts", "/etc/alertmanager", read_only=True), mount("alertmanager", "/alertmanager")],
    )


def _probe(path: str, port: str, *, failures: int, period: int = 10) -> core.v1.ProbeArgs:
    get = core.v1.HTTPGetActionArgs(path=path, port=port)
    return core.v1.ProbeArgs(http_get=get, period_seconds=period, timeout_seconds=5, failure_threshold=failures)
