"""Alerts of what customers see."""

import pytest

from infra.components.monitoring.rules.web import web_alerts
from tests.components.monitoring.promtool import Case, holds

pytestmark = pytest.mark.promtool

COUNT = 'traefik_service_requests_total{{service="app-django-8000@kubernetes",code="{}"}}'
DURATION = 'traefik_service_request_duration_seconds_bucket{{service="app-django-8000@kubernetes",le="{}"}}'
CERTIFICATE = 'traefik_tls_certs_not_after{{cn="{}"}}'
DAY = 86_400


def answers(errors):
    return {COUNT.format(200): f"0+{100 - errors}x30", COUNT.format(502): f"0+{errors}x30"}


def durations(within_1_2):
    """Traefik's own buckets: the rest takes up to 5 seconds."""
    return {
        DURATION.format("0.1"): "0x30",
        DURATION.format("1.2"): f"0+{within_1_2}x30",
        DURATION.format("5"): "0+100x30",
        DURATION.format("+Inf"): "0+100x30",
    }


CASES = [
    Case(alert="ShopErrors", hot=answers(6), cool=answers(4), at=6),
    Case(alert="ShopSlow", hot=durations(80), cool=durations(96), at=11),
    # Traefik's own stand-in certificate has no customer.
    Case(
        alert="TlsCertificateExpires",
        hot={CERTIFICATE.format("shop.example"): f"{13 * DAY}x90"},
        cool={
            CERTIFICATE.format("shop.example"): f"{30 * DAY}x90",
            CERTIFICATE.format("TRAEFIK DEFAULT CERT"): f"{DAY}x90",
        },
        at=60,
        labels={"cn": "shop.example"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_fires(case, tmp_path):
    holds(case, tmp_path)


def test_every_alert_has_a_case():
    assert {alert.name for alert in web_alerts()} == {case.alert for case in CASES}


def test_a_shop_that_nobody_visits_has_no_errors(tmp_path):
    """Nothing divided by nothing is no alarm."""
    holds(Case(alert="ShopErrors", hot=answers(6), cool={COUNT.format(200): "0x30"}, at=6), tmp_path)
