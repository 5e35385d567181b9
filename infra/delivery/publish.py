"""Write the comment in a form that everybody may read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from infra.delivery.comment import Findings, render_comment
from infra.errors import StagecoachError
from infra.report.markdown import LIMIT, cut
from infra.report.redaction.redact import masker


def published(findings: Findings, environment: Mapping[str, str]) -> str:
    """Return the comment's Markdown without secrets, within GitHub's limit.

    Secrets are removed before the texts become Markdown: Markdown changes blanks and puts words into code, and the rest
    of a secret would then match none of its spellings.

    Args:
        findings: everything that the comment reports.
        environment: the variables that hold secrets; see `redact`.
    """
    mask = masker(environment)
    told = "\n".join(_texts(findings))
    clean = findings if mask(told) == told else _mapped(findings, mask)
    return cut(mask(render_comment(clean)), LIMIT)


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401  any part of a finding
    """Yield every text in a value, however deeply nested."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, StagecoachError):
        yield value.title
        yield from _texts(value.problems)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for one in dataclasses.fields(value):
            yield from _texts(getattr(value, one.name))
    elif isinstance(value, Mapping):
        yield from _texts((*value.keys(), *value.values()))
    elif isinstance(value, (tuple, list, set, frozenset)):
        for one in value:
            yield from _texts(one)


def _mapped(value: Any, mask: Callable[[str], str]) -> Any:  # noqa: ANN401  as above
    """Return the value with masked texts; a part without secrets stays the same object."""
    told = "\n".join(_texts(value))
    if mask(told) == told:
        return value
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, StagecoachError):
        return type(value)(mask(value.title), _mapped(value.problems, mask))
    if isinstance(value, Mapping):
        return {_mapped(key, mask): _mapped(one, mask) for key, one in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(_mapped(one, mask) for one in value)
    changed = {one.name: _mapped(getattr(value, one.name), mask) for one in dataclasses.fields(value) if one.init}
    return dataclasses.replace(value, **changed)
