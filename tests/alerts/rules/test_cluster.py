"""The alert of the kubeconfig's certificate."""

import pytest

from infra.alerts.rules.cluster import cluster_alerts
from tests.alerts.promtool import KUBECONFIG_END, Case, holds


@pytest.mark.promtool
def test_sixty_days_before(tmp_path):
    """The certificate of the case ends on day 100; the alert comes on day 40."""
    day = 24 * 60
    assert 100 * day * 60 == KUBECONFIG_END
    case = Case(alert="KubeconfigExpires", hot={"up": "1x10"}, cool=None, at=40 * day + 5, interval=5)
    holds(case, tmp_path)


def test_no_certificate_no_alert():
    """A kubeconfig with a token."""
    assert cluster_alerts(None) == []


def test_the_end_is_a_literal():
    (alert,) = cluster_alerts(KUBECONFIG_END)
    assert alert.expression == f"vector(time()) > {40 * 86_400}"
