"""All that is wrong in a stack file's values at once: pydantic stops before the checks between fields."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from infra.stack_file.stack_config import StackConfig
from infra.stack_file.strict import Between, BetweenFieldsError

# In place of a required value that is wrong or missing, so that the others can be looked at; nothing is said of it.
_STAND_INS: dict[str, Any] = {
    "name": "stand-in",
    "provider": "hetzner",
    "region": "nbg1",
    "image": "stand-in.example/app:1",
    "admin_cidrs": ["192.0.2.0/24"],
}
_ROUNDS = 8  # each takes out what the one before found; a file has few layers
KEY = "[key]"  # behind the place of a mapping's key that is wrong itself
Location = tuple[str, ...]


class WrongValuesError(Exception):
    """What was found: pydantic's errors of fields, and what is wrong between them."""

    def __init__(self, fields: list[Mapping[str, Any]], between: list[Between]) -> None:
        self.fields, self.between = fields, between
        super().__init__()


def validate(values: Mapping[str, Any], judged: Iterable[Location] = ()) -> StackConfig:
    """The model of the values.

    Args:
        values: By key, without the namespace.
        judged: Places where something is known to be wrong, of which nothing more is said.

    Raises:
        WrongValuesError: one is wrong, with all others that are.
    """
    search = _Search(values, judged)
    try:
        return search.model()
    except ValidationError as error:
        search.run(error)
        raise WrongValuesError(list(search.fields.values()), list(search.between.values())) from None


class _Search:
    """Takes out what is wrong and looks again, as long as something new turns up."""

    def __init__(self, values: Mapping[str, Any], judged: Iterable[Location]) -> None:
        self.fields: dict[tuple[Location, str], Mapping[str, Any]] = {}
        self.between: dict[tuple[str, str], Between] = {}
        self._values: dict[str, Any] = copy.deepcopy(dict(values))
        self._out: set[Location] = set()
        for one in sorted(set(judged), key=_place, reverse=True):
            self._take_out(one)

    def model(self) -> StackConfig:
        """What is left of the values.

        Raises:
            ValidationError: pydantic's, of this round.
        """
        return StackConfig.model_validate(self._values)

    def run(self, first: ValidationError) -> None:
        error: ValidationError | None = first
        for _ in range(_ROUNDS):
            if error is None:
                return
            found = _without_consequences(list(error.errors()))
            for one in found:
                self._note(one)
            targets = {self._target(_location(one)) for one in found} - {()}
            # Later items of a list first: the places of the others stay what they are.
            for target in sorted(targets, key=_place, reverse=True):
                self._take_out(target)
            error = self._again() if targets else None

    def _again(self) -> ValidationError | None:
        try:
            self.model()
        except ValidationError as error:
            return error
        return None

    def _note(self, error: Mapping[str, Any]) -> None:
        raised = error.get("ctx", {}).get("error")
        if isinstance(raised, BetweenFieldsError):
            for one in raised.problems:
                if not any(self._touches(tuple(need.split("."))) for need in one.needs):
                    self.between.setdefault((one.path, one.allowed), one)
        elif not self._touches(_location(error)):
            self.fields.setdefault((_location(error), str(error["type"])), error)

    def _touches(self, location: Location) -> bool:
        """Whether a part of it, or what it is a part of, was taken out."""
        return any(one[: len(location)] == location or location[: len(one)] == one for one in self._out)

    def _target(self, location: Location) -> Location:
        """What there is of the location: itself, or where something is missing what it is missing in."""
        owner: Any = self._values
        for depth, key in enumerate(location):
            if not _has(owner, key):
                return location[:depth] or tuple(key for key in location[:1] if key in _STAND_INS)
            owner = owner[int(key)] if isinstance(owner, list) else owner[key]
        return location

    def _take_out(self, location: Location) -> None:
        owner: Any = self._values
        for key in location[:-1]:
            if not _has(owner, key):
                return  # it went with a part of it
            owner = owner[int(key)] if isinstance(owner, list) else owner[key]
        key = location[-1]
        if isinstance(owner, list):
            del owner[int(key)]
        else:
            owner.pop(key, None)
        self._out.add(location)
        if len(location) == 1 and key in _STAND_INS:
            owner[key] = copy.deepcopy(_STAND_INS[key])


def _without_consequences(found: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Pydantic does not count an item that is wrong: a list of nothing else is too short to it as well."""
    places = [_location(one) for one in found]
    return [
        one
        for one, place in zip(found, places, strict=True)
        if one["type"] != "too_short" or not any(other != place and other[: len(place)] == place for other in places)
    ]


def _has(owner: Any, key: str) -> bool:  # noqa: ANN401  whatever stands in the file
    if isinstance(owner, list):
        return key.isdecimal() and int(key) < len(owner)
    return isinstance(owner, dict) and key in owner


def _location(error: Mapping[str, Any]) -> Location:
    return tuple(str(part) for part in error["loc"])


def _place(location: Location) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in location)
