"""Decide which bounds of the app's namespace change before the workloads do, and which after them (ADR 0022)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

# Suffixes of quantities in the API (kubernetes.io, "Quantity"). Decimal reads the exponents.
_DECIMAL = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_FIRST_KEY = "pods"  # this key keeps the name of the quota that once had all keys
_FIRST_NAME = "quota"


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """These bounds apply in a namespace now; all are empty for a deployment that does not exist yet.

    Args:
        quotas: The program's ResourceQuotas by name, each with its keys; all of them apply at once.
        container_memory: The LimitRange's maximum; None if there is none.
        autoscalers: Minimum and maximum of each HorizontalPodAutoscaler, by the name that it shares with its
            Deployment.
        recorded_autoscalers: Names of the autoscalers that the state contains.
    """

    quotas: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    container_memory: str | None = None
    autoscalers: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    recorded_autoscalers: frozenset[str] = frozenset()

    @property
    def built(self) -> bool:
        """Return whether the namespace has bounds, so that pods may exist for which a lower bound must wait."""
        return bool(self.quotas) or self.container_memory is not None

    def least(self, key: str) -> str | None:
        """Return the strictest quota of a key, or None if no quota has the key.

        Args:
            key: A key of a ResourceQuota, for example `pods`.
        """
        return min((hard[key] for hard in self.quotas.values() if key in hard), key=quantity, default=None)

    def falls(self, now: str | None, new: str) -> bool:
        """Return whether a bound must wait for the workloads: it falls, or it is new in an existing namespace.

        Args:
            now: The quantity that applies; None if there is no bound.
            new: The quantity of the plan.
        """
        return self.built if now is None else quantity(new) < quantity(now)

    def limit_falls(self, new: str) -> bool:
        """Return whether the LimitRange's new maximum must wait for the workloads.

        Args:
            new: The quantity of the plan.
        """
        return self.falls(self.container_memory, new)

    def autoscaler_falls(self, name: str, low: int, high: int) -> bool:
        """Return whether an autoscaler changes before its Deployment rolls.

        A minimum for which the new plan has no room would keep pods that never find a node, and the rollout would wait
        for them. The same is true of pods that exist because the old maximum allowed them.

        Args:
            name: The Deployment's name.
            low: The plan's minimum.
            high: The plan's maximum.
        """
        if name not in self.autoscalers:
            return False
        has_low, has_high = self.autoscalers[name]
        return low < has_low or high < has_high


@dataclass(frozen=True, kw_only=True)
class QuotaStep:
    """A step sets one ResourceQuota, either before the workloads change or after."""

    key: str
    name: str
    value: str
    first: bool


def quota_steps(now: Bounds, hard: Mapping[str, str]) -> Iterator[QuotaStep]:
    """Yield one ResourceQuota per key: an update changes an object once, and keys may move in opposite directions.

    Args:
        hard: The plan's quantities by key.
        now: The bounds that the namespace has.
    """
    for key, value in hard.items():
        name, least = quota_name(key), now.least(key)
        waits = now.falls(least, value)
        given_up = {other: old for other, old in now.quotas.get(name, {}).items() if other != key and other in hard}
        if (
            waits
            and least is not None
            and any(quantity(hard[other]) > quantity(old) for other, old in given_up.items())
        ):
            # This happens only in the first update of a quota that had all keys: another key must rise now, and this
            # key may not fall yet. The next update lowers it.
            yield QuotaStep(key=key, name=name, value=least, first=True)
        else:
            yield QuotaStep(key=key, name=name, value=value, first=not waits)


def quota_name(key: str) -> str:
    """Return the name of the key's ResourceQuota, for example `quota` or `quota-requests-cpu`.

    Args:
        key: A key of a ResourceQuota.
    """
    return _FIRST_NAME if key == _FIRST_KEY else f"{_FIRST_NAME}-{key.replace('.', '-')}"


def quantity(text: str) -> Decimal:
    """Return a Kubernetes quantity as a number.

    Args:
        text: The quantity, for example `512Mi`.

    Raises:
        ValueError: The text is not a quantity.
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
