"""Alerts of what customers see."""

import pytest

from infra.alerts.rules.web import web_alerts
from tests.alerts.promtool import DOMAINS, Case, holds

pytestmark = pytest.mark.promtool

COUNT = 'traefik_service_requests_total{{service="app-django-8000@kubernetes",code="{}"}}'
DURATION = 'traefik_service_request_duration_seconds_bucket{{service="app-django-8000@kubernetes",le="{}"}}'
CERTIFICATE = 'traefik_tls_certs_not_after{{cn="{0}",sans="{0}",serial="{1}"}}'
SANS = 'traefik_tls_certs_not_after{{cn="first",sans="{}"}}'
TRAEFIK = 'up{job="traefik"}'
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
        hot={CERTIFICATE.format("shop.example", 1): f"{13 * DAY}x90"},
        # What was renewed is shown until traefik starts again; a name that was taken out of the stack file for good.
        cool={
            CERTIFICATE.format("shop.example", 1): f"{13 * DAY}x90",
            CERTIFICATE.format("shop.example", 2): f"{73 * DAY}x90",
            CERTIFICATE.format("former.example", 3): f"{DAY}x90",
            CERTIFICATE.format("TRAEFIK DEFAULT CERT", 4): f"{DAY}x90",
        },
        at=60,
        labels={"sans": "shop.example"},
    ),
    # A traefik that is not read says nothing of its certificates: TargetMissing does.
    Case(
        alert="TlsCertificateMissing",
        hot={TRAEFIK: "1x90", SANS.format("shop.example"): "1x90"},
        cool={SANS.format("shop.example"): "1x90"},
        at=30,
        labels={"domain": "www.shop.example"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_fires(case, tmp_path):
    holds(case, tmp_path)


def test_every_alert_has_a_case():
    assert {alert.name for alert in web_alerts(DOMAINS)} == {case.alert for case in CASES}


def test_no_certificate_is_missed_without_a_domain():
    assert "TlsCertificateMissing" not in {alert.name for alert in web_alerts()}


@pytest.mark.parametrize("sans", ["shop.example.org", "shopXexample", "my-shop.example", "www.shop.example"])
def test_another_names_certificate_is_none(sans, tmp_path):
    there = {TRAEFIK: "1x90", SANS.format("www.shop.example"): "1x90", SANS.format("other.example"): "1x90"}
    hot = {**there, SANS.format(sans): "1x90"}
    cool = {**there, SANS.format("a.example,shop.example,www.shop.example"): "1x90"}
    holds(Case(alert="TlsCertificateMissing", hot=hot, cool=cool, at=30, labels={"domain": "shop.example"}), tmp_path)


def test_a_shop_that_nobody_visits_has_no_errors(tmp_path):
    """Nothing divided by nothing is no alarm."""
    holds(Case(alert="ShopErrors", hot=answers(6), cool={COUNT.format(200): "0x30"}, at=6), tmp_path)
