"""List when the support of each version ends: after that day nobody fixes its security holes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

KUBERNETES, POSTGRES, REDIS = "Kubernetes", "Postgres", "Redis"
PROMETHEUS, GRAFANA, DEBIAN = "Prometheus", "Grafana", "Debian"


@dataclass(frozen=True, kw_only=True)
class End:
    """An end is the last day on which one line of versions gets fixes."""

    product: str
    cycle: str  # the product's own name for the line, for example 1.36, 17 or 8.2
    ends: date
    source: str
    as_of: date  # date of the source


_EOL = "endoflife.date, products/{}.md at 2026-08-22"


def _ends(product: str, source: str, as_of: date, **cycles: str) -> tuple[End, ...]:
    """Return one row for each of the keyword arguments, such as `v8_2="2030-09-01"`."""
    return tuple(
        End(
            product=product,
            cycle=name.removeprefix("v").replace("_", "."),
            ends=date.fromisoformat(day),
            source=source,
            as_of=as_of,
        )
        for name, day in cycles.items()
    )


ENDS: tuple[End, ...] = (
    # k3s releases follow each Kubernetes release, and end with it.
    *_ends(
        KUBERNETES,
        "kubernetes.io/releases, pages of each minor; k3s follows (docs.k3s.io, Release Lifecycle)",
        date(2026, 9, 16),
        v1_31="2025-11-11",
        v1_32="2026-02-28",
        v1_33="2026-06-28",
        v1_34="2026-10-27",
        v1_35="2027-02-28",
        v1_36="2027-06-28",
        v1_37="2027-10-28",
    ),
    *_ends(
        POSTGRES,
        f"postgresql.org/support/versioning, by {_EOL.format('postgresql')}",
        date(2026, 8, 22),
        v14="2026-11-12",
        v15="2027-11-11",
        v16="2028-11-09",
        v17="2029-11-08",
        v18="2030-11-14",
    ),
    *_ends(
        REDIS,
        f"redis.io, Version management, by {_EOL.format('redis')}",
        date(2026, 8, 22),
        v6_2="2027-04-01",
        v7_2="2029-12-01",
        v7_4="2029-12-01",
        v8_0="2026-12-01",
        v8_2="2030-09-01",
    ),
    *_ends(
        PROMETHEUS,
        "prometheus.io/docs/introduction/release-cycle (prometheus/docs at 2026-08-06)",
        date(2026, 8, 6),
        v2_53="2025-07-31",
        v3_5="2026-07-31",
        v3_13="2027-07-31",
    ),
    *_ends(
        GRAFANA,
        f"grafana.com/docs, When to upgrade, by {_EOL.format('grafana')}",
        date(2026, 8, 22),
        v11_6="2026-06-25",
        v12_3="2026-08-19",
        v12_4="2027-05-24",
        v13_0="2027-01-09",
        v13_1="2027-03-20",
        v13_2="2027-05-18",
    ),
    # These days include long-term support: security.debian.org keeps serving amd64 until then.
    *_ends(
        DEBIAN,
        f"wiki.debian.org/LTS, by {_EOL.format('debian')}",
        date(2026, 8, 22),
        v11="2026-08-31",
        v12="2028-06-30",
        v13="2030-06-30",
    ),
)


def end_of(product: str, cycle: str) -> End | None:
    """Return the row of one line of versions, or None if the table has none.

    Args:
        product: A product of the table, for example KUBERNETES.
        cycle: The line, for example 1.36.
    """
    return next((one for one in ENDS if (one.product, one.cycle) == (product, cycle)), None)


def ended_by(product: str, cycle: str) -> date | None:
    """Return a day by which a line that is missing from the table must have ended, because a newer line ended then.

    Args:
        product: A product of the table.
        cycle: The line, for example 7.0.

    Returns:
        None if the table has the line or no newer one, or if the text covers several lines (`8` covers 8.0 and 8.2).
    """
    rows = [one for one in ENDS if one.product == product]
    own, length = _numbers(cycle), min(len(_numbers(one.cycle)) for one in rows)
    if end_of(product, cycle) or len(own) < length:
        return None
    return min((one.ends for one in rows if _numbers(one.cycle) > own), default=None)


def _numbers(cycle: str) -> tuple[int, ...]:
    return tuple(int(part) for part in cycle.split("."))
