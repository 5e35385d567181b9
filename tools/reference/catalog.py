"""docs/reference/catalog.md: instance types, prices and regions with their dates and sources."""

from __future__ import annotations

from collections.abc import Iterator

from infra.clouds import CLOUDS
from infra.clouds.catalog.instance_type import InstanceType
from tools.reference.markdown import code, joined, page, sentence, table

_INTRO = """\
Prices and stock change several times a year, so they are data in `infra/clouds/`. Sizing takes the first candidate \
that fits and is on sale. A type with volatile stock was seen sold out: an update asks the provider before it orders \
one, and [`catalog.sold_out`](stack-file.md#catalog) takes the next candidate."""


def catalog_page() -> str:
    """The page's text."""
    return page("The catalog", _INTRO, *(block for provider in CLOUDS for block in _provider(provider)))


def _provider(provider: str) -> Iterator[str]:
    rows = CLOUDS[provider].catalog.instance_types
    yield f"## {provider}"
    yield f"Regions: {joined(CLOUDS[provider].catalog.regions)}."
    yield f"Candidates, in this order: {joined(CLOUDS[provider].catalog.candidates)}."
    header = ("type", "vCPU", "memory", "disk", "price a month", "stock")
    yield table(header, (_row(row) for row in rows))
    for as_of, source in dict.fromkeys((row.as_of, row.source) for row in rows):
        yield f"As of {as_of.isoformat()}. Source: {sentence(source)}"
    rates = CLOUDS[provider].catalog.rates
    yield table(
        ("beside servers", f"a month, {CLOUDS[provider].catalog.currency}"),
        [
            ["a GB of the data volume", str(rates.volume_gb)],
            ["the server's public address", str(rates.address)],
            ["the public address of a Celery server", str(rates.celery_address)],
            ["the provider's own backups of a server; the stack leaves them off", f"{rates.backup_percent} % of it"],
        ],
    )
    yield f"As of {rates.as_of.isoformat()}. Source: {sentence(rates.source)}"


def _row(row: InstanceType) -> list[str]:
    size = [str(row.vcpu), f"{row.memory.whole_mib // 1024} GB", f"{row.disk_gb} GB"]
    return [code(row.name), *size, f"{row.price} {row.currency}", row.stock]
