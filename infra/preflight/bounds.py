"""Bounds of the app's namespace before an update, and which of them may change before the workloads do (ADR 0022)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

# Suffixes of the API's quantities (kubernetes.io, "Quantity"); Decimal reads the exponents.
_DECIMAL = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_FIRST_KEY = "pods"  # the key that keeps the name of the quota that once had all of them
_FIRST_NAME = "quota"


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What the namespace has; empty for a deployment that is built from nothing.

    Args:
        quotas: The program's ResourceQuotas by name, each with its keys; all of them hold at once.
        container_memory: Maximum of the LimitRange; None where there is none.
        autoscalers: Minimum and maximum of each HorizontalPodAutoscaler, by its name, which is its Deployment's.
        recorded_autoscalers: Names of those that the state knows.
    """

    quotas: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    container_memory: str | None = None
    autoscalers: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    recorded_autoscalers: frozenset[str] = frozenset()

    @property
    def built(self) -> bool:
        """Whether there may be pods that a new bound must wait for."""
        return bool(self.quotas) or self.container_memory is not None

    def least(self, key: str) -> str | None:
        """The quota of a key that binds; None where none does."""
        return min((hard[key] for hard in self.quotas.values() if key in hard), key=quantity, default=None)

    def falls(self, now: str | None, new: str) -> bool:
        """Whether a bound must wait for the workloads; one where there is none falls from no bound at all."""
        return self.built if now is None else quantity(new) < quantity(now)

    def limit_falls(self, new: str) -> bool:
        """The same for the LimitRange's maximum."""
        return self.falls(self.container_memory, new)

    def autoscaler_falls(self, name: str, low: int, high: int) -> bool:
        """Whether an autoscaler is set before its Deployment rolls.

        A minimum above what the new plan has room for would hold pods that never find a node, and the rollout waits for
        them; the same is true of pods that are there because the old maximum allowed them.
        """
        if name not in self.autoscalers:
            return False
        has_low, has_high = self.autoscalers[name]
        return low < has_low or high < has_high


@dataclass(frozen=True, kw_only=True)
class QuotaStep:
    """One ResourceQuota: what it is set to, and whether the workloads wait for it or it waits for them."""

    key: str
    name: str
    value: str
    first: bool


def quota_steps(now: Bounds, hard: Mapping[str, str]) -> Iterator[QuotaStep]:
    """A ResourceQuota for each key: an update changes an object once, and keys may move in opposite directions."""
    for key, value in hard.items():
        name, least = quota_name(key), now.least(key)
        waits = now.falls(least, value)
        given_up = {other: old for other, old in now.quotas.get(name, {}).items() if other != key and other in hard}
        if (
            waits
            and least is not None
            and any(quantity(hard[other]) > quantity(old) for other, old in given_up.items())
        ):
            # Only in the first update of a quota that had all keys: one of them must rise now, and this one may not
            # fall yet.  The next update lowers it.
            yield QuotaStep(key=key, name=name, value=least, first=True)
        else:
            yield QuotaStep(key=key, name=name, value=value, first=not waits)


def quota_name(key: str) -> str:
    """The object's name: `quota`, `quota-requests-cpu`."""
    return _FIRST_NAME if key == _FIRST_KEY else f"{_FIRST_NAME}-{key.replace('.', '-')}"


def quantity(text: str) -> Decimal:
    """A Kubernetes quantity as a number.

    Raises:
        ValueError: the text is none.
    """
    for suffix, power in _BINARY.items():
        if text.endswith(suffix):
            return _number(text, suffix) * Decimal(2**power)
    suffix = text[-1:] if text[-1:] in _DECIMAL else ""
    return _number(text, suffix).scaleb(_DECIMAL.get(suffix, 0))


def _number(text: str, suffix: str) -> Decimal:
    try:
        return Decimal(text.removesuffix(suffix))
    except ArithmeticError as error:
        raise ValueError(f"{text!r} is no quantity") from error
