"""Remove secrets that the engine's own `[secret]` marks have missed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import unquote, unquote_plus

from infra.report.redaction.private_keys import without_keys
from infra.report.redaction.spellings import spellings
from infra.report.redaction.written import without

# The names must not match the working folder (PWD, OLDPWD), an author (GIT_AUTHOR_NAME) or an agent's socket
# (SSH_AUTH_SOCK).
_NAMES = re.compile(
    r"TOKEN|PASS|SECRET|KEY|CREDENTIAL|HOOK|DSN|_PWD$|_PAT$|JWT|COOKIE|KUBECONFIG|AUTH(?!OR)(?!.*SOCK)",
    re.IGNORECASE,
)
# In a text, a URL ends with its word. A password that nobody encoded may contain a slash or an @. The URL's own slashes
# may be escaped, as PHP and others write them in JSON.
_SCHEME = r"\b[a-z][a-z0-9+.-]{0,30}"
_LOGIN = re.compile(rf"({_SCHEME}:(?:\\*/){{2}}[^\s/?#:@\"'<>]*):[^\s\"'<>]+@", re.IGNORECASE)
_TOKEN_AS_USER = re.compile(rf"({_SCHEME}:(?:\\*/){{2}})[^\s/?#:@\"'<>\\]{{16,}}@", re.IGNORECASE)
_ENCODED_LOGIN = re.compile(rf"({_SCHEME}%3A%2F%2F[^\s&\"'<>]*?%3A)[^\s&\"'<>]+%40", re.IGNORECASE)
# This matches a word up to its last @. Nothing behind that can be a login, and searching there from each position takes
# a minute for a megabyte.
_WITH_AT = re.compile(r"(?<![^\s\"'<>])[^\s\"'<>]*@")
_WITH_ENCODED_AT = re.compile(r"(?<![^\s&\"'<>])[^\s&\"'<>]*%40")
# libpq uses these words, and so do programs that print their settings.
_WORD = re.compile(r"\b(pass(?:word|wd)?)=(?!\[secret\])('(?:[^'\\]|\\.)*'|[^\s&;,\"'<>]+)", re.IGNORECASE)
# This matches a field of a JSON or YAML text in a variable.
_FIELD = re.compile(
    r"[\"']?[\w.-]*(?:pass|pwd|token|secret|key|credential|auth)[\w.-]*[\"']?\s*[:=]\s*(?:\"((?:[^\"\\]|\\.)+)\"|'([^']+)'|([^\s\"'{[,]+))",
    re.IGNORECASE,
)
_TELLING_NAME = r"[^=&;?\s]*(?:pass|pwd|token|secret|key|sig|credential)[^=&;?\s]*"
_PARAMETER = re.compile(rf"([?&;]{_TELLING_NAME})=[^&;\s\"'<>]+", re.IGNORECASE)
# In a variable, the URL is the whole value.
_URL = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#:@]*)(?::(.+))?@", re.IGNORECASE | re.DOTALL)
_URLS_PARAMETER = re.compile(rf"[?&;]{_TELLING_NAME}=([^&;]+)", re.IGNORECASE)
_SHORTEST = 6  # masking a shorter value would hide innocent words
_SHORTEST_FIELD = 8  # a field's value may be `true` or a name
_SHORTEST_USER = 16  # a user's name is shorter, a token is not
_MASK, _CUT = "[secret]", "..."


def redact(text: str, environment: Mapping[str, str]) -> str:
    """Remove private keys, passwords in URLs, and secret values of the environment in any spelling.

    Args:
        text: the text that is published.
        environment: the variables. A value is secret if its variable's name says so (`_NAMES`), and so is a password
            in a URL of any variable.
    """
    return masker(environment)(text)


def masker(environment: Mapping[str, str]) -> Callable[[str], str]:
    """Return `redact` for many texts of one environment, which is read only once."""
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
    """Mask half or more of a secret at either end of the text: a log that was cut may begin or end inside one.

    The same goes for a part that this program has cut itself, which has three dots behind it (infra.errors).
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
    """Yield secrets as they are in the environment, and with the encoding of URLs removed."""
    for name, value in environment.items():
        if _NAMES.search(name):
            # Programs print a file of several lines (a key, a kubeconfig) line by line, and indented.
            yield from (value, *(line.strip() for line in value.splitlines()))
            for found in _FIELD.findall(value):
                for one in found:
                    if len(one) >= _SHORTEST_FIELD:
                        yield one.replace('\\"', '"').replace("\\\\", "\\")
                        # A key inside a JSON text has several lines as well.
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
