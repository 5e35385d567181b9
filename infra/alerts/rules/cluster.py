"""Warn before the cluster's own certificates end."""

from __future__ import annotations

from infra.alerts.rules.alert import Alert

KUBECONFIG_DAYS = 60


def cluster_alerts(kubeconfig_end: int | None) -> list[Alert]:
    """Warn before the kubeconfig's certificate ends.

    That certificate is in the stack's state, not in the cluster. No metric shows its end, so the rule has it as a
    number.

    Args:
        kubeconfig_end: seconds since the epoch; None: no alert.
    """
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
