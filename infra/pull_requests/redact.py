"""The last net under the engine's own `[secret]` marks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import unquote, unquote_plus

from infra.pull_requests.spellings import spellings

_NAMES = re.compile(r"TOKEN|PASS|SECRET|KEY|CREDENTIAL|WEBHOOK|DSN", re.IGNORECASE)
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
# In a text a URL ends with its word; a password that nobody encoded may have a slash or an @.
_LOGIN = re.compile(r"\b([a-z][a-z0-9+.-]*://[^\s/?#:@\"'<>]*):[^\s\"'<>]+@", re.IGNORECASE)
_TOKEN_AS_USER = re.compile(r"\b([a-z][a-z0-9+.-]*://)[^\s/?#:@\"'<>]{16,}@", re.IGNORECASE)
_TELLING_NAME = r"[^=&;?\s]*(?:pass|pwd|token|secret|key|sig|credential)[^=&;?\s]*"
_PARAMETER = re.compile(rf"([?&;]{_TELLING_NAME})=[^&;\s\"'<>]+", re.IGNORECASE)
# In a variable it is the whole value.
_URL = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#:@]*)(?::(.+))?@", re.IGNORECASE | re.DOTALL)
_URLS_PARAMETER = re.compile(rf"[?&;]{_TELLING_NAME}=([^&;]+)", re.IGNORECASE)
_SHORTEST = 6  # a shorter value would blacken innocent words
_SHORTEST_USER = 16  # a name is shorter, a token is not
_MASK = "[secret]"


def redact(text: str, environment: Mapping[str, str]) -> str:
    """Without private keys, passwords in URLs, and secret values of the environment in any of their spellings.

    Args:
        text: What is to be published.
        environment: Variables. Secret are the values of those whose names tell so, and passwords in all others' URLs.
    """
    return masker(environment)(text)


def masker(environment: Mapping[str, str]) -> Callable[[str], str]:
    """`redact` for many texts of one environment."""
    secrets = {value for value in _secrets(environment) if len(value) >= _SHORTEST}
    found = {spelling for value in secrets for spelling in spellings(value)}
    written = sorted(found, key=len, reverse=True)

    def mask(text: str) -> str:
        text = _PRIVATE_KEY.sub(_MASK, text)
        for spelling in written:
            text = text.replace(spelling, _MASK)
        text = _LOGIN.sub(rf"\1:{_MASK}@", text)
        text = _TOKEN_AS_USER.sub(rf"\1{_MASK}@", text)
        return _PARAMETER.sub(rf"\1={_MASK}", text)

    return mask


def _secrets(environment: Mapping[str, str]) -> Iterable[str]:
    """As they are written in the environment, and without the encoding of a URL."""
    for name, value in environment.items():
        if _NAMES.search(name):
            # A file of several lines (a key, a kubeconfig) is printed line by line, and indented.
            yield from (value, *(line.strip() for line in value.splitlines()))
        for found in _in_urls(value):
            yield from (found, unquote(found), unquote_plus(found))


def _in_urls(value: str) -> Iterable[str]:
    login = _URL.search(value)
    if login and login[2]:
        yield login[2]
    elif login and len(login[1]) >= _SHORTEST_USER:
        yield login[1]
    yield from _URLS_PARAMETER.findall(value)
