"""What the clouds' functions say of their instance types: the catalog's rows, without what is sold out in this lab."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from infra.clouds.catalog.instance_type import RETIRED, InstanceType

_HOURS = 672  # a month of DigitalOcean's
Rows = Iterable[InstanceType]


def hetzner_types(rows: Rows, sold_out: Collection[str]) -> list[dict[str, Any]]:
    """As getServerTypes lists them: every location that ever had the type, and whether it has one now."""
    return [_server_type(number, row, sold_out) for number, row in enumerate(rows, start=1)]


def _server_type(number: int, row: InstanceType, sold_out: Collection[str]) -> dict[str, Any]:
    retired = row.stock == RETIRED
    deprecation = {
        "deprecationAnnounced": row.as_of.isoformat() if retired else "",
        "isDeprecated": retired,
        "unavailableAfter": row.as_of.isoformat() if retired else "",
    }
    locations = [
        {
            "id": index,
            "name": region,
            "available": row.on_sale(region) and row.name not in sold_out,
            "recommended": False,
            **deprecation,
        }
        for index, region in enumerate(row.regions, start=1)
    ]
    return {
        "id": number,
        "name": row.name,
        "description": row.name.upper(),
        "architecture": "x86",
        "category": "cost_optimized",
        "cores": row.vcpu,
        "cpuType": "dedicated" if row.name.startswith("ccx") else "shared",
        "memory": row.memory.whole_mib // 1024,
        "disk": row.disk_gb,
        "storageType": "local",
        "includedTraffic": 0,
        "locations": locations,
        **deprecation,
    }


def digitalocean_sizes(rows: Rows, sold_out: Collection[str]) -> list[dict[str, Any]]:
    """As getSizes lists them: a size without stock is not available anywhere."""
    return [
        {
            "slug": row.name,
            "available": row.on_sale(row.regions[0]) and row.name not in sold_out,
            "vcpus": row.vcpu,
            "memory": row.memory.whole_mib,
            "disk": row.disk_gb,
            "transfer": 4.0,
            "priceMonthly": float(row.price),
            "priceHourly": round(float(row.price) / _HOURS, 5),
            "regions": list(row.regions),
            "gpuInfos": [],
        }
        for row in rows
    ]


def vultr_plan(row: InstanceType, sold_out: Collection[str]) -> dict[str, Any]:
    """As getPlan shows it: `locations` are those that have it now."""
    return {
        "id": row.name,
        "type": row.name.split("-", 1)[0],
        "vcpuCount": row.vcpu,
        "ram": row.memory.whole_mib,
        "disk": row.disk_gb,
        "diskCount": 1,
        "bandwidth": 3072,
        "monthlyCost": float(row.price),
        "locations": [region for region in row.regions if row.on_sale(region) and row.name not in sold_out],
        "gpuType": "",
        "gpuVram": 0,
    }
