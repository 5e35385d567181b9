"""Which objects a look-up means: Hetzner's label selectors, the value filters of DigitalOcean and Vultr."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lab.plugins.package import PluginError

_COMMA = re.compile(r",(?![^(]*\))")  # commas inside `in (...)` separate values, not terms
_SET = re.compile(r"^(?P<key>\S+)\s+(?P<not>not)?in\s*\((?P<values>[^)]*)\)$")
_EQUAL = re.compile(r"^(?P<key>[^\s=!]+)\s*(?P<not>!)?==?\s*(?P<values>[^\s=!]*)$")
_EXISTS = re.compile(r"^(?P<not>!)?(?P<key>[^\s=!]+)$")


def selects(selector: str, labels: Mapping[str, str]) -> bool:
    """Whether every term of a label selector holds; an empty one selects all.

    Raises:
        PluginError: a term is none of `k=v`, `k!=v`, `k`, `!k`, `k in (v, w)`, `k notin (v, w)`.
    """
    return all(_holds(term.strip(), labels) for term in _COMMA.split(selector) if term.strip())


def has(value: object, wanted: Sequence[str], *, every: bool) -> bool:
    """Whether an attribute (or one of a list's values) is among the wanted ones; `every`: all of them are there."""
    have = {_text(one) for one in value} if isinstance(value, list) else {_text(value)}
    return have.issuperset(wanted) if every else not have.isdisjoint(wanted)


def _holds(term: str, labels: Mapping[str, str]) -> bool:
    found = _SET.match(term) or _EQUAL.match(term)
    if found:
        values = [one.strip() for one in found["values"].split(",")]
        return (labels.get(found["key"]) in values) != bool(found["not"])
    found = _EXISTS.match(term)
    if found:
        return (found["key"] in labels) != bool(found["not"])
    raise PluginError(f"invalid label selector: {term} (invalid_input)")


def _text(value: object) -> str:
    """As the providers compare: booleans in lower case, numbers in decimal."""
    return str(value).lower() if isinstance(value, bool) else str(value)
