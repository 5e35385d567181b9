"""Check the URLs that Alertmanager calls; most of them work like a password."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, WithJsonSchema

from infra.stack_file.strict import HiddenValueError
from infra.stack_file.values.addresses import web_url

# Alertmanager parses its config with Go's url.Parse, which refuses these (config/common/url.go, ParseURL; net/url,
# unescape and validUserinfo).
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LOGIN = re.compile(r"[A-Za-z0-9._:~!$&'()*+,;=%@-]*")


def secret_hook_url(text: str) -> str:
    """Return the URL with its host name in the form that DNS uses; a login before the host is allowed.

    Args:
        text: The URL, which the messages never show.

    Raises:
        HiddenValueError: Alertmanager would fail to start with the URL, or could never reach it.
    """
    try:
        url = web_url(text)
    except ValueError:
        raise HiddenValueError(
            "is no URL that can be called: it begins with https:// or http://, has a host name by the rules of DNS or "
            "an address, a port up to 65,535 or none, and no blank"
        ) from None
    parts = urlsplit(url)
    login, _, host = parts.netloc.rpartition("@")
    if "%" in host:
        raise HiddenValueError("has a zone in its address, which means nothing on another machine: leave it out")
    if not _LOGIN.fullmatch(login):
        raise HiddenValueError("has a login with characters that must be escaped, such as %22 for a quote")
    if any(_NO_ESCAPE.search(one) for one in (login, parts.path, parts.fragment)):
        raise HiddenValueError("has a % that begins no escape: write %25 for the character itself")
    if "{{" in url:
        raise HiddenValueError("has {{, which begins a template of Alertmanager: write %7B%7B")
    return url


def hook_url(text: str) -> str:
    """Return a URL that is written in plain text, and therefore must not contain a login.

    Args:
        text: The URL.

    Raises:
        HiddenValueError: The URL contains a login, or `secret_hook_url` refuses it; the message says more about the
            host.
    """
    try:
        url = web_url(text)
    except HiddenValueError:
        raise
    except ValueError as error:
        raise HiddenValueError(str(error)) from None
    if "@" in urlsplit(url).netloc:
        raise HiddenValueError(
            "has a login in front of its host, which everybody who reads this file has: take it out, and set the URL "
            "as a secret (`alerts_webhooks`, or `alerts_heartbeat_url` for the heartbeat)"
        )
    return secret_hook_url(url)


HookUrl = Annotated[str, AfterValidator(hook_url), WithJsonSchema({"type": "string", "format": "URL"})]
