"""Check a provider's catalog, because people edit it by hand."""

from __future__ import annotations

from collections.abc import Iterator

from infra.clouds.catalog import Catalog
from infra.clouds.catalog.instance_type import STOCKS, InstanceType
from infra.clouds.catalog.rates import Rates
from infra.errors import ConfigError, Problem


def check_catalog(provider: str, catalog: Catalog) -> None:
    """Check every row and rate of a catalog from which plans and prices are made.

    Args:
        provider: The provider's name, for the messages.
        catalog: The catalog to check.

    Raises:
        ConfigError: A row or a rate is invalid; the error lists every problem.
    """
    file, rows = f"infra/clouds/{provider}/catalog.py", catalog.instance_types
    problems = [
        *(problem for row in rows for problem in _row(f"{file}: {row.name}", row)),
        *_candidates(f"{file}: candidates", catalog),
        *_rates(f"{file}: rates", catalog.rates),
    ]
    if len({row.currency for row in rows}) > 1:
        value = ", ".join(sorted({row.currency for row in rows}))
        problems.append(_problem(file, value, "one currency for all rows", "Sums of two currencies mean nothing"))
    if problems:
        raise ConfigError(f"the catalog of {provider} cannot be used", problems)


def _row(path: str, row: InstanceType) -> Iterator[Problem]:
    if row.price <= 0:
        yield _problem(f"{path}.price", str(row.price), "above 0", "Look the price up at the provider")
    if not row.regions:
        yield _problem(f"{path}.regions", "none", "at least one region", "A type that is not sold any more is retired")
    if row.stock not in STOCKS:
        yield _problem(f"{path}.stock", row.stock, f"one of {', '.join(STOCKS)}", "Choose one")
    if not row.source:
        yield _problem(f"{path}.source", "", "says where its numbers come from", "Add the page or the API, and the day")


def _candidates(path: str, catalog: Catalog) -> Iterator[Problem]:
    known, candidates = [row.name for row in catalog.instance_types], catalog.candidates
    for name in candidates:
        if name not in known:
            yield _problem(path, name, f"one of {', '.join(known)}", "Add its row, or take the name out")
    for name in dict.fromkeys(name for name in candidates if candidates.count(name) > 1):
        yield _problem(path, name, "each name once", "Take one of them out")


def _rates(path: str, rates: Rates) -> Iterator[Problem]:
    if rates.volume_gb <= 0:
        yield _problem(f"{path}.volume_gb", str(rates.volume_gb), "above 0", "Look the price up at the provider")
    for name in ("address", "celery_address", "backup_percent"):
        value = getattr(rates, name)
        if value < 0:
            yield _problem(f"{path}.{name}", str(value), "0 or more", "Look the price up at the provider")


def _problem(path: str, value: str, allowed: str, hint: str) -> Problem:
    return Problem(path=path, value=value, allowed=allowed, hint=hint)
