"""Register the monitoring: Prometheus, exporters, dashboards, and Grafana where the stack file asks for it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.clouds import CLOUDS
from infra.components.monitoring.alertmanager import Alerting, Mail, Receiver
from infra.components.monitoring.dashboard_files import DashboardFiles, DashboardFilesArgs
from infra.components.monitoring.grafana import HOW_TO_REACH, Grafana, GrafanaArgs
from infra.components.monitoring.network_policies import MonitoringPolicies, MonitoringPoliciesArgs
from infra.components.monitoring.node_exporter import NodeExporter, NodeExporterArgs
from infra.components.monitoring.prometheus import Prometheus, PrometheusArgs
from infra.components.outside import Outside
from infra.program.shop import Base
from infra.sizing.plan import StackPlan
from infra.stack_file.alerts_config import TEAM, AlertsConfig
from infra.stack_file.reader.program_config import Secrets
from infra.stack_file.stack_config import StackConfig


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Hold the cluster access that monitoring uses, and the addresses that its network policies name."""

    kubeconfig: pulumi.Input[str]
    outside: Outside


def deploy_monitoring(
    config: StackConfig, secrets: Secrets, plan: StackPlan, base: Base, reach: Reach
) -> dict[str, str]:
    """Register the monitoring namespace's workloads, and return the outputs that tell people how to reach them."""
    namespace, images = base.namespaces.monitoring, base.images
    servers = CLOUDS[config.provider].servers_network(config.name)
    policies = MonitoringPolicies(
        "monitoring-policies",
        MonitoringPoliciesArgs(namespace=namespace, outside=reach.outside, servers_network=servers),
        opts=base.opts,
    )
    Prometheus(
        "prometheus",
        PrometheusArgs(
            plan=plan,
            namespace=namespace,
            images=images,
            kubeconfig=reach.kubeconfig,
            domains=config.hosts,
            alerting=alerting_of(config.alerts),
            smtp_password=secrets.alerts_smtp_password,
            webhooks=secrets.alerts_webhooks,
            heartbeat_url=secrets.alerts_heartbeat_url,
        ),
        opts=base.after(*policies.ready),
    )
    NodeExporter(
        "node-exporter",
        NodeExporterArgs(plan=plan.monitoring.node_exporter, namespace=namespace, images=images),
        opts=base.opts,
    )
    files = DashboardFiles("dashboards", DashboardFilesArgs(plan=plan, namespace=namespace), opts=base.opts)
    if plan.monitoring.grafana is None:
        return {}
    Grafana(
        "grafana",
        GrafanaArgs(
            plan=plan.monitoring.grafana,
            namespace=namespace,
            images=images,
            password=base.credentials.grafana,
            dashboards=files.config_map_name,
        ),
        opts=base.after(*policies.ready),
    )
    return {"grafana": HOW_TO_REACH}


def alerting_of(alerts: AlertsConfig) -> Alerting:
    """Turn the stack file's alert settings into the component's; the short form becomes a receiver like the others."""
    short = Receiver(name=TEAM, webhook_url=alerts.webhook_url, email_to=alerts.email_to)
    named = (
        Receiver(name=name, webhook_url=one.webhook_url, email_to=one.email_to, severities=one.severities)
        for name, one in alerts.receivers.items()
    )
    mail = None
    if alerts.email_from and alerts.smtp_host:
        mail = Mail(
            sender=alerts.email_from,
            host=alerts.smtp_host,
            user=alerts.smtp_user,
            require_tls=alerts.require_tls,
        )
    return Alerting(
        receivers=((short,) if short.webhook_url or short.email_to else ()) + tuple(named),
        mail=mail,
        heartbeat_url=alerts.heartbeat_url,
    )
