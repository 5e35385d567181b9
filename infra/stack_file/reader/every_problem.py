"""Find every problem of a stack file in one run, though pydantic skips checks between fields if a field is wrong."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from infra.stack_file.stack_config import StackConfig
from infra.stack_file.strict import Between, BetweenFieldsError

# A stand-in replaces a required value that is wrong or missing, so that the other values can be checked. No message
# mentions it.
_STAND_INS: dict[str, Any] = {
    "name": "stand-in",
    "provider": "hetzner",
    "region": "nbg1",
    "image": "stand-in.example/app:1",
    "admin_cidrs": ["192.0.2.0/24"],
}
_ROUNDS = 8  # each round removes the problems of the round before; a file has few layers
KEY = "[key]"  # marks a location as the key of a mapping, where the key itself is wrong
Location = tuple[str, ...]


class WrongValuesError(Exception):
    """The values are wrong: the error holds pydantic's problems of fields, and the problems between fields."""

    def __init__(self, fields: list[Mapping[str, Any]], between: list[Between]) -> None:
        self.fields, self.between = fields, between
        super().__init__()


def validate(values: Mapping[str, Any], judged: Iterable[Location] = ()) -> StackConfig:
    """Return the model of the values.

    Args:
        values: The values by key, without the namespace.
        judged: Locations whose problem is reported already; nothing more is said of them.

    Raises:
        WrongValuesError: A value is wrong; the error holds every problem.
    """
    search = _Search(values, judged)
    try:
        return search.model()
    except ValidationError as error:
        search.run(error)
        raise WrongValuesError(list(search.fields.values()), list(search.between.values())) from None


class _Search:
    """A search removes wrong values and validates again, until nothing new is found."""

    def __init__(self, values: Mapping[str, Any], judged: Iterable[Location]) -> None:
        self.fields: dict[tuple[Location, str], Mapping[str, Any]] = {}
        self.between: dict[tuple[str, str], Between] = {}
        self._values: dict[str, Any] = copy.deepcopy(dict(values))
        self._out: set[Location] = set()
        for one in sorted(set(judged), key=_place, reverse=True):
            self._take_out(one)

    def model(self) -> StackConfig:
        """Validate the values that are left.

        Raises:
            ValidationError: The problems that this round found.
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
            # Later items of a list are removed first, so that the positions of the others stay valid.
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
        """Return whether the search has removed the location, a part of it, or something around it."""
        return any(one[: len(location)] == location or location[: len(one)] == one for one in self._out)

    def _target(self, location: Location) -> Location:
        """Return the part of the location that exists: if a key is missing, the mapping that should contain it."""
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
                return  # it was removed together with something around it
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
    """Drop pydantic's "too short" for a list whose items are wrong: pydantic does not count wrong items."""
    places = [_location(one) for one in found]
    return [
        one
        for one, place in zip(found, places, strict=True)
        if one["type"] != "too_short" or not any(other != place and other[: len(place)] == place for other in places)
    ]


def _has(owner: Any, key: str) -> bool:  # noqa: ANN401  the value may be anything
    if isinstance(owner, list):
        return key.isdecimal() and int(key) < len(owner)
    return isinstance(owner, dict) and key in owner


def _location(error: Mapping[str, Any]) -> Location:
    return tuple(str(part) for part in error["loc"])


def _place(location: Location) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in location)
