"""Watch the shop as its customers experience it; the ingress controller counts their requests."""

from __future__ import annotations

from collections.abc import Sequence

from infra.alerts.promql import SHOP_ERROR_PERCENT, SHOP_P95, certificate_left, certificate_missing
from infra.alerts.rules.alert import Alert

_CERTIFICATE_DAYS = 14  # Let's Encrypt's certificates last 90 days; traefik renews them 30 days before the end


def web_alerts(domains: Sequence[str] = ()) -> list[Alert]:
    """Return the alerts for errors, slowness and certificates.

    Args:
        domains: names that must each have a certificate from an issuer.
    """
    missing = [
        Alert(
            name="TlsCertificateMissing",
            expression=" or ".join(certificate_missing(one) for one in domains),
            minutes=30,
            component="https",
            severity="critical",
            summary="{{ $labels.domain }} has no certificate: traefik shows a self-signed one, browsers warn of it",
        )
    ]
    return [
        *(missing if domains else []),
        Alert(
            name="ShopErrors",
            expression=f"{SHOP_ERROR_PERCENT} > 5",
            minutes=5,
            component="web",
            severity="critical",
            summary="More than 5 % of the requests end in a server error",
        ),
        Alert(
            name="ShopSlow",
            expression=f"{SHOP_P95} > 2",
            minutes=10,
            component="web",
            summary="The slowest twentieth of the requests takes more than 2 seconds",
        ),
        Alert(
            name="TlsCertificateExpires",
            expression=f"({certificate_left(domains)}) < {_CERTIFICATE_DAYS * 86_400}",
            minutes=60,
            component="certificate",
            summary=f"The certificate of {{{{ $labels.sans }}}} ends within {_CERTIFICATE_DAYS} days, not renewed",
        ),
    ]
