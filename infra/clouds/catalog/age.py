"""Warn when a catalog is old, because providers change their prices several times a year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from infra.clouds import CLOUDS

MOST_DAYS = 90  # Hetzner changed its prices four times in 2026


def as_of(provider: str) -> date:
    """Return the date of the provider's oldest row.

    Args:
        provider: A key of `CLOUDS`.
    """
    return min(CLOUDS[provider].catalog.rates.as_of, *(row.as_of for row in CLOUDS[provider].catalog.instance_types))


def warnings(providers: Iterable[str], today: date) -> tuple[str, ...]:
    """Return one warning for each provider whose oldest row is older than MOST_DAYS.

    Args:
        providers: Keys of `CLOUDS`.
        today: The date from which the age in days is counted.
    """
    ages = {provider: (today - as_of(provider)).days for provider in providers}
    return tuple(
        f"the prices of {provider} are {days} days old (infra/clouds/{provider}/catalog.py, "
        f"{as_of(provider).isoformat()}); after {MOST_DAYS} days look them up again, or update the checkout"
        for provider, days in ages.items()
        if days > MOST_DAYS
    )
