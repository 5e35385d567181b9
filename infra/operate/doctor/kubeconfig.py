"""Check the administrator's access to the running cluster."""

from __future__ import annotations

from datetime import UTC, date, datetime

from infra.alerts.rules.cluster import KUBECONFIG_DAYS
from infra.components.monitoring.certificate import client_certificate_end
from infra.operate.doctor.check import Check, missing, ok, warning


def kubeconfig_check(kubeconfig: str, today: date) -> Check:
    """Check the end of the kubeconfig's client certificate.

    k3s makes it valid for a year; after its end, no update can reach the cluster.

    Args:
        kubeconfig: the kubeconfig's text.
        today: the day that the end is compared with.
    """
    end = client_certificate_end(kubeconfig)
    if end is None:
        return ok("kubeconfig", "no certificate that ends")
    day = datetime.fromtimestamp(end, tz=UTC).date()
    left = (day - today).days
    mend = "Raise stagecoach:kubeconfig_epoch by one and update (docs/how-to/renew-kubeconfig.md)"
    if left < 0:
        return missing("kubeconfig", f"its certificate ended on {day}", mend)
    if left < KUBECONFIG_DAYS:
        return warning("kubeconfig", f"its certificate ends on {day}, in {left} days", mend)
    return ok("kubeconfig", f"valid until {day}")
