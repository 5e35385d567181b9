"""The last net under the engine's own `[secret]` marks."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAMES = re.compile(r"TOKEN|PASSPHRASE|PASSWORD|SECRET|KEY|CREDENTIAL", re.IGNORECASE)
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_SHORTEST = 6  # a shorter value would blacken innocent words


def redact(text: str, environment: Mapping[str, str]) -> str:
    """Without private keys and without the values of variables whose names tell that they are secret."""
    values = {value for name, value in environment.items() if _NAMES.search(name) and len(value) >= _SHORTEST}
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, "[secret]")
    return _PRIVATE_KEY.sub("[secret]", text)
