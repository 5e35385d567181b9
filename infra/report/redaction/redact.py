"""The last net under the engine's own `[secret]` marks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import unquote, unquote_plus

from infra.report.redaction.private_keys import without_keys
from infra.report.redaction.spellings import spellings
from infra.report.redaction.written import without

# Not the working folder (PWD, OLDPWD), an author (GIT_AUTHOR_NAME) or an agent's socket (SSH_AUTH_SOCK).
_NAMES = re.compile(
    r"TOKEN|PASS|SECRET|KEY|CREDENTIAL|HOOK|DSN|_PWD$|_PAT$|JWT|COOKIE|KUBECONFIG|AUTH(?!OR)(?!.*SOCK)",
    re.IGNORECASE,
)
# In a text a URL ends with its word; a password that nobody encoded may have a slash or an @.  Its own slashes may be
# JSON's, as PHP and others write them.
_SCHEME = r"\b[a-z][a-z0-9+.-]{0,30}"
_LOGIN = re.compile(rf"({_SCHEME}:(?:\\*/){{2}}[^\s/?#:@\"'<>]*):[^\s\"'<>]+@", re.IGNORECASE)
_TOKEN_AS_USER = re.compile(rf"({_SCHEME}:(?:\\*/){{2}})[^\s/?#:@\"'<>\\]{{16,}}@", re.IGNORECASE)
_ENCODED_LOGIN = re.compile(rf"({_SCHEME}%3A%2F%2F[^\s&\"'<>]*?%3A)[^\s&\"'<>]+%40", re.IGNORECASE)
# A word up to its last @: what comes behind has no login, and looking there from each place takes a minute for a
# megabyte.
_WITH_AT = re.compile(r"(?<![^\s\"'<>])[^\s\"'<>]*@")
_WITH_ENCODED_AT = re.compile(r"(?<![^\s&\"'<>])[^\s&\"'<>]*%40")
# libpq's words, and what programs print of their settings.
_WORD = re.compile(r"\b(pass(?:word|wd)?)=(?!\[secret\])('(?:[^'\\]|\\.)*'|[^\s&;,\"'<>]+)", re.IGNORECASE)
# A field of a JSON or YAML text in a variable.
_FIELD = re.compile(
    r"[\"']?[\w.-]*(?:pass|pwd|token|secret|key|credential|auth)[\w.-]*[\"']?\s*[:=]\s*(?:\"((?:[^\"\\]|\\.)+)\"|'([^']+)'|([^\s\"'{[,]+))",
    re.IGNORECASE,
)
_TELLING_NAME = r"[^=&;?\s]*(?:pass|pwd|token|secret|key|sig|credential)[^=&;?\s]*"
_PARAMETER = re.compile(rf"([?&;]{_TELLING_NAME})=[^&;\s\"'<>]+", re.IGNORECASE)
# In a variable it is the whole value.
_URL = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#:@]*)(?::(.+))?@", re.IGNORECASE | re.DOTALL)
_URLS_PARAMETER = re.compile(rf"[?&;]{_TELLING_NAME}=([^&;]+)", re.IGNORECASE)
_SHORTEST = 6  # a shorter value would blacken innocent words
_SHORTEST_FIELD = 8  # a field's value may be `true` or a name
_SHORTEST_USER = 16  # a name is shorter, a token is not
_MASK, _CUT = "[secret]", "..."


def redact(text: str, environment: Mapping[str, str]) -> str:
    """Without private keys, passwords in URLs, and secret values of the environment in any of their spellings.

    Args:
        text: What is to be published.
        environment: Variables. Secret are the values of those whose names tell so, and passwords in all others' URLs.
    """
    return masker(environment)(text)


def masker(environment: Mapping[str, str]) -> Callable[[str], str]:
    """`redact` for many texts of one environment."""
    secrets = sorted({one for one in _secrets(environment) if len(one.strip()) >= _SHORTEST}, key=len, reverse=True)
    written = sorted({spelling for value in secrets for spelling in spellings(value)}, key=len, reverse=True)

    def mask(text: str) -> str:
        text = without_keys(text, _MASK)
        for spelling in written:
            text = text.replace(spelling, _MASK)
        text = _without_ends(without(text, secrets, _MASK), secrets)
        text = _WITH_AT.sub(lambda word: _without_login(word[0]), text)
        text = _WITH_ENCODED_AT.sub(lambda word: _ENCODED_LOGIN.sub(rf"\1{_MASK}%40", word[0]), text)
        text = _WORD.sub(rf"\1={_MASK}", text)
        return _PARAMETER.sub(rf"\1={_MASK}", text)

    return mask


def _without_login(word: str) -> str:
    return _TOKEN_AS_USER.sub(rf"\1{_MASK}@", _LOGIN.sub(rf"\1:{_MASK}@", word))


def _without_ends(text: str, secrets: Iterable[str]) -> str:
    """A log that was cut begins or ends in the middle of a secret: half of one or more is masked there.

    So is what this program itself has cut, which has three dots behind it (infra.errors).
    """
    for value in sorted(secrets, key=len, reverse=True):
        least = max(len(value) // 2, _SHORTEST)
        is_cut = value[:least] in text and _CUT in text
        for length in range(len(value) - 1, least - 1, -1):
            if is_cut:
                text = text.replace(f"{value[:length]}{_CUT}", f"{_MASK}{_CUT}")
            if text.endswith(value[:length]):
                text = text[:-length] + _MASK
            if text.startswith(value[-length:]):
                text = _MASK + text[length:]
    return text


def _secrets(environment: Mapping[str, str]) -> Iterable[str]:
    """As they are written in the environment, and without the encoding of a URL."""
    for name, value in environment.items():
        if _NAMES.search(name):
            # A file of several lines (a key, a kubeconfig) is printed line by line, and indented.
            yield from (value, *(line.strip() for line in value.splitlines()))
            for found in _FIELD.findall(value):
                for one in found:
                    if len(one) >= _SHORTEST_FIELD:
                        yield one.replace('\\"', '"').replace("\\\\", "\\")
                        # A key in a JSON text has its lines as well.
                        yield from (line for line in one.split("\\n") if len(line) >= _SHORTEST_FIELD)
        for found in _in_urls(value):
            yield from (found, unquote(found), unquote_plus(found))


def _in_urls(value: str) -> Iterable[str]:
    login = _URL.search(value)
    if login and login[2]:
        yield login[2]
    elif login and len(login[1]) >= _SHORTEST_USER:
        yield login[1]
    yield from _URLS_PARAMETER.findall(value)
