"""Ends of support: after them nobody fixes a hole any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

KUBERNETES, POSTGRES, REDIS = "Kubernetes", "Postgres", "Redis"
PROMETHEUS, GRAFANA, DEBIAN = "Prometheus", "Grafana", "Debian"


@dataclass(frozen=True, kw_only=True)
class End:
    """The last day of one line of versions."""

    product: str
    cycle: str  # as the product numbers its lines: 1.36, 17, 8.2
    ends: date
    source: str
    as_of: date  # the day of the source


_EOL = "endoflife.date, products/{}.md at 2026-08-22"


def _ends(product: str, source: str, as_of: date, **cycles: str) -> tuple[End, ...]:
    """`cycles` by name, with `v` before and `_` for the dot, and their days."""
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
    # k3s has a release for each of Kubernetes', and stops with it.
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
    # Long-term support: the same archive, security.debian.org, goes on for amd64.
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
    """The row of one line of versions; None for one that the table does not have."""
    return next((one for one in ENDS if (one.product, one.cycle) == (product, cycle)), None)


def ended_by(product: str, cycle: str) -> date | None:
    """The day on which a line that the table does not have had ended at the latest, because a newer one ended then.

    None where nothing newer is known, or the line is no whole one (`8`, which floats over 8.0 and 8.2).
    """
    rows = [one for one in ENDS if one.product == product]
    own, length = _numbers(cycle), min(len(_numbers(one.cycle)) for one in rows)
    if end_of(product, cycle) or len(own) < length:
        return None
    return min((one.ends for one in rows if _numbers(one.cycle) > own), default=None)


def _numbers(cycle: str) -> tuple[int, ...]:
    return tuple(int(part) for part in cycle.split("."))
