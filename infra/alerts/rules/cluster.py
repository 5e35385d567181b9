"""The cluster's own certificates."""

from __future__ import annotations

from infra.alerts.rules.alert import Alert

KUBECONFIG_DAYS = 60


def cluster_alerts(kubeconfig_end: int | None) -> list[Alert]:
    """The kubeconfig's certificate is in the stack's state, not in the cluster: its end is a literal, no metric."""
    if kubeconfig_end is None:
        return []
    return [
        Alert(
            name="KubeconfigExpires",
            expression=f"vector(time()) > {kubeconfig_end - KUBECONFIG_DAYS * 86_400}",
            minutes=0,
            component="k3s",
            summary=f"The stack's kubeconfig ends within {KUBECONFIG_DAYS} days: raise kubeconfig_epoch",
        )
    ]
