"""Check the machine's clock: TLS and the providers' signatures depend on it."""

from __future__ import annotations

import subprocess
from datetime import datetime
from email.utils import parsedate_to_datetime

from infra.clouds import CLOUDS
from infra.operate.doctor.check import Check, missing, ok, warning

# In seconds. A clock that is slow by more than the first may call a new certificate not valid yet. AWS refuses signed
# requests (of backends in S3) from a clock that is off by 15 minutes; the second stays below that.
_TOLERATED, _BROKEN = (
    60,
    300,
)
_MEND = "Turn on time synchronisation: timedatectl set-ntp true, or your system's date settings"


def clock_check(now: datetime, *, provider_date: str | None, synchronised: bool | None) -> Check:
    """Compare the clock with the provider's, or else with the facts that are known on this machine.

    Args:
        now: this machine's time.
        provider_date: the Date header of the provider's answer; None if the provider was not asked.
        synchronised: the answer of `is_synchronised`.
    """
    newest = max(row.as_of for cloud in CLOUDS.values() for row in cloud.catalog.instance_types)
    if now.date() < newest:
        found = f"{now:%Y-%m-%d %H:%M} UTC is before this program's own data ({newest})"
        return missing("clock", found, _MEND)
    off = _off(now, provider_date)
    if off is not None:
        found = f"{abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} the provider's"
        if abs(off) > _BROKEN:
            return missing("clock", found, _MEND)
        return warning("clock", found, _MEND) if abs(off) > _TOLERATED else ok("clock", found)
    if synchronised is False:
        return warning("clock", f"{now:%Y-%m-%d %H:%M} UTC, not synchronised", _MEND)
    return ok("clock", f"{now:%Y-%m-%d %H:%M} UTC" + (", synchronised" if synchronised else ""))


def is_synchronised() -> bool | None:
    """Return whether systemd calls the clock synchronised; None if it can't be asked."""
    command = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {"yes": True, "no": False}.get(done.stdout.strip())


def _off(now: datetime, provider_date: str | None) -> float | None:
    try:
        return (now - parsedate_to_datetime(provider_date or "")).total_seconds()
    except (ValueError, TypeError):
        return None
