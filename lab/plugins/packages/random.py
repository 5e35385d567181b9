"""The `random` package: real random values, kept in the state."""

from __future__ import annotations

import secrets
import string

from lab.plugins.diffing import Diff, compare
from lab.plugins.package import Call, Package, PluginError
from lab.plugins.values import UNKNOWN, Properties

_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"  # the provider's own default
_PASSWORD, _STRING, _ID = "RandomPassword", "RandomString", "RandomId"


class RandomPackage(Package):
    """RandomPassword, RandomString and RandomId."""

    name = "random"

    def diff(self, call: Call) -> Diff:
        """The plugin framework's schema carries no flags: every changed input replaces."""
        return compare(call.old_inputs, call.inputs, replacing=call.inputs.keys() | call.old_inputs.keys())

    def create(self, call: Call) -> tuple[str, Properties]:
        """A value of the operating system's generator."""
        kind = call.type.rsplit(":", 1)[-1]
        if kind in (_PASSWORD, _STRING):
            value = UNKNOWN if call.preview else _text(call.inputs)
            return ("none" if kind == _PASSWORD else value), {**call.inputs, "result": value}
        if kind == _ID:
            value = UNKNOWN if call.preview else secrets.token_hex(call.inputs["byteLength"])
            return value, {**call.inputs, "hex": value}
        raise PluginError(f"the lab does not play {call.type}")

    def read(self, call: Call) -> tuple[str, Properties, Properties]:
        """Nothing outside the state."""
        return call.id, call.olds, call.old_inputs

    def update(self, call: Call) -> Properties:
        """Never called: every change replaces."""
        raise PluginError(f"{call.type} can't be updated")

    def delete(self, _call: Call) -> None:
        """Nothing outside the state."""

    def secret_outputs(self, type_: str) -> frozenset[str]:
        """A password's result."""
        return frozenset({"result", "bcryptHash"}) if type_.endswith(_PASSWORD) else frozenset()


def _text(inputs: Properties) -> str:
    alphabet = ""
    for key, characters in (
        ("lower", string.ascii_lowercase),
        ("upper", string.ascii_uppercase),
        ("numeric", string.digits),
        ("special", inputs.get("overrideSpecial") or _SPECIAL),
    ):
        alphabet += characters if inputs.get(key, True) else ""
    return "".join(secrets.choice(alphabet) for _ in range(inputs["length"]))
