"""Check URLs, mail servers, mail addresses and registries, all of which contain a host."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, WithJsonSchema

from infra.stack_file.strict import HiddenValueError
from infra.stack_file.values.host_name import host_name, public_host_name

_SCHEMES = ("http", "https")
_HOST_PORT = re.compile(r"(?P<host>.*):(?P<port>[0-9]{1,9})", re.DOTALL)
_HIGHEST_PORT = 65_535
_LONGEST = 2_000  # longest URL in characters that browsers and proxies accept
_ATOM = r"[A-Za-z0-9!$%&'*+/=^_`{|}~-]+"  # RFC 5322's atom without `?` and `#`, which Let's Encrypt refuses
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
# Alertmanager's parser (Go's net/mail) also accepts `?`, `#` and letters of every language.
_ANY_ATOM = r"(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|[^\x00-\x7f])+"
_ANY_LOCAL = re.compile(rf"{_ANY_ATOM}(\.{_ANY_ATOM})*")


def web_url(text: str) -> str:
    """Return the URL with its host name in the form that DNS uses.

    Args:
        text: The URL.

    Raises:
        ValueError: The text is not an http or https URL with a host.
    """
    _require_visible(text)
    parts = _split(text)
    if parts.scheme not in _SCHEMES:
        raise ValueError("is no URL that begins with https:// or http://")
    return _with_host(f"{parts.scheme}{text[len(parts.scheme) :]}", parts)


def mail_server(text: str) -> str:
    """Return `host:port` with the host name in the form that DNS uses.

    Args:
        text: The host and the port.

    Raises:
        ValueError: The text is something else.
    """
    _require_visible(text)
    found = _HOST_PORT.fullmatch(text)
    if found is None or "/" in text:
        raise ValueError("write host:port, such as mail.example.com:587")
    if not 1 <= int(found["port"]) <= _HIGHEST_PORT:
        raise ValueError(f"port {found['port']} does not exist: 1 to {_HIGHEST_PORT:,}")
    return f"{_host(found['host'])}:{found['port']}"


def mail_address(text: str) -> str:
    """Return the mail address with its host name in the form that DNS uses.

    Args:
        text: The mail address, without a display name.

    Raises:
        ValueError: The text is not a mail address.
    """
    _require_visible(text)
    local, at, host = text.rpartition("@")
    # Alertmanager reads two braces as the start of a template.
    if not at or not _ANY_LOCAL.fullmatch(local) or "{{" in local:
        raise ValueError("is no mail address such as ops@example.com: write one, without a name or brackets")
    return f"{local}@{host_name(host)}"


def issuer_contact(text: str) -> str:
    """Return a mail address for which Let's Encrypt creates an account; without one it issues no certificate.

    Let's Encrypt requires ASCII, neither `?` nor `#`, and a host below a domain (letsencrypt/boulder, validateContacts,
    ValidEmail).

    Args:
        text: The mail address.

    Raises:
        ValueError: Let's Encrypt would refuse the address.
    """
    local, _, host = mail_address(text).rpartition("@")
    if not _LOCAL.fullmatch(local):
        raise ValueError(f"the certificates' issuer takes no `{local}` before the @: write a plain mail address")
    return f"{local}@{public_host_name(host)}"


def registry_server(text: str) -> str:
    """Return a registry in a form that the kubelet accepts: a host, optionally with scheme, port and path.

    Docker Hub's registry is `https://index.docker.io/v1/`.

    Args:
        text: The registry.

    Raises:
        HiddenValueError: The text contains a login.
        ValueError: The text is not a registry.
    """
    _require_visible(text)
    if "@" in urlsplit(text if "://" in text else f"https://{text}").netloc:
        raise HiddenValueError(
            "has a login in front of its host, which everybody who reads this file has: take it out; "
            "`registry.username` and the secret `registry_password` are the login"
        )
    if "://" in text:
        return web_url(text)
    return _with_host(f"https://{text}", _split(f"https://{text}")).removeprefix("https://")


def reachable_host(text: str) -> str:
    """Return a host name or an IP address to which a program can connect.

    Args:
        text: The name, or the address with or without brackets.

    Raises:
        ValueError: The text is neither.
    """
    try:
        return str(ipaddress.ip_address(text.removeprefix("[").removesuffix("]")))
    except ValueError:
        return host_name(text)


def _require_visible(text: str) -> None:
    if not text:
        raise ValueError("is empty")
    if len(text) > _LONGEST:
        raise ValueError(f"has {len(text)} characters; {_LONGEST:,} are allowed")
    if any(one.isspace() or not one.isprintable() for one in text):
        raise ValueError("has a blank or a character that can't be seen")


def _split(text: str) -> SplitResult:
    """Split the URL; no message repeats it, because `https://user:password` parses as a host and a port."""
    try:
        parts = urlsplit(text)
    except ValueError:
        raise ValueError("is no URL: a bracket or a character of its host is wrong") from None
    try:
        port = parts.port
    except ValueError:
        raise ValueError(f"is no URL: its port is no number from 1 to {_HIGHEST_PORT:,}") from None
    if port == 0:
        raise ValueError(f"port 0 does not exist: 1 to {_HIGHEST_PORT:,}")
    return parts


def _with_host(text: str, parts: SplitResult) -> str:
    """Return the URL with nothing changed but its host name."""
    if not parts.hostname:
        raise ValueError("has no host name")
    user, at, rest = parts.netloc.rpartition("@")
    bare = rest if rest.endswith("]") else _HOST_PORT.sub(r"\g<host>", rest).removesuffix(":")
    host = _host(bare)
    if host == bare:
        return text
    before, _, after = text.partition(parts.netloc)
    return f"{before}{user}{at}{host}{rest[len(bare) :]}{after}"


def _host(text: str) -> str:
    """Return the host, which is a name, an IPv4 address or an IPv6 address in brackets."""
    inner = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        address = ipaddress.ip_address(inner)
    except ValueError:
        return host_name(text)
    if (address.version == 6) != (inner != text):  # noqa: PLR2004  IPv6
        raise ValueError("write an IPv6 address in brackets, such as [2001:db8::1]")
    return text


def _text(form: str) -> WithJsonSchema:
    """Name the format for the reference page."""
    return WithJsonSchema({"type": "string", "format": form})


WebUrl = Annotated[str, AfterValidator(web_url), _text("URL")]
MailServer = Annotated[str, AfterValidator(mail_server), _text("host:port")]
MailAddress = Annotated[str, AfterValidator(mail_address), _text("mail address")]
IssuerContact = Annotated[str, AfterValidator(issuer_contact), _text("mail address")]
RegistryServer = Annotated[str, AfterValidator(registry_server), _text("host name")]
