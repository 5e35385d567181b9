"""What replaces a resource, from the providers' schemas; each flag with its provenance."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class TypeFacts:
    """Inputs of one resource type; `replaces` and `in_place` map an input to where that was seen.

    `in_place` is only filled where the schema does not tell.
    """

    inputs: frozenset[str]
    required: frozenset[str]
    replaces: dict[str, str]
    in_place: dict[str, str]


def load(package: str) -> dict[str, TypeFacts]:
    """All types of a package by their token."""
    content = json.loads(Path(__file__).with_name(f"{package}.json").read_text())
    return {
        token: TypeFacts(
            inputs=frozenset(row["inputs"]),
            required=frozenset(row["required"]),
            replaces=dict(row["replaces"]),
            in_place=dict(row.get("in_place", {})),
        )
        for token, row in content["types"].items()
    }
