"""docs/reference/catalog.md: instance types, prices and regions with their dates and sources."""

from __future__ import annotations

from collections.abc import Iterator

from infra.catalog import CANDIDATES, INSTANCE_TYPES, regions
from infra.catalog.instance_type import InstanceType
from tools.reference.markdown import code, joined, page, sentence, table

_INTRO = """\
Prices and stock change several times a year, so they are data in `infra/catalog/`. Sizing takes the first candidate \
that fits. A type with volatile stock may be sold out: pin another one with `instance_type`."""


def catalog_page() -> str:
    """The page's text."""
    return page("The catalog", _INTRO, *(block for provider in INSTANCE_TYPES for block in _provider(provider)))


def _provider(provider: str) -> Iterator[str]:
    rows = INSTANCE_TYPES[provider]
    yield f"## {provider}"
    yield f"Regions: {joined(regions(provider))}."
    yield f"Candidates, in this order: {joined(CANDIDATES[provider])}."
    header = ("type", "vCPU", "memory", "disk", "price a month", "stock")
    yield table(header, (_row(row) for row in rows))
    for as_of, source in dict.fromkeys((row.as_of, row.source) for row in rows):
        yield f"As of {as_of.isoformat()}. Source: {sentence(source)}"


def _row(row: InstanceType) -> list[str]:
    size = [str(row.vcpu), f"{row.memory.whole_mib // 1024} GB", f"{row.disk_gb} GB"]
    return [code(row.name), *size, f"{row.price} {row.currency}", row.stock]
