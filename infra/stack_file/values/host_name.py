"""Check host names by the rules of DNS (RFC 1034, RFC 1123) and of IDNA 2008 (RFC 5891)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

import idna

LONGEST_NAME, LONGEST_LABEL = 253, 63  # in characters of the ASCII form (RFC 1035 2.3.4)
_ODD = re.compile(r"[^a-z0-9-]")
# Browsers read these as parts of an IPv4 address (url.spec.whatwg.org, "ends in a number checker").
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT = re.compile(r":\d*$")
_JOINERS = "\u200c\u200d"  # Persian and Indian scripts use them in names; IDNA says where


def host_name(text: str) -> str:
    """Return the name in the form that DNS uses.

    That is lower case, without a final dot, and with A-labels (`xn--...`) for labels that are not ASCII.

    Args:
        text: A name as a person writes it, for example `Shop.Example.com` or `магазин.рф`.

    Raises:
        ValueError: The text is not a host name; the message lists everything that is wrong.
    """
    _require_a_name(text)
    try:
        # UTS 46 maps upper case, full-width letters and full-width dots.
        mapped = idna.uts46_remap(text, std3_rules=False, transitional=False).removesuffix(".")
    except idna.IDNAError as error:
        raise ValueError(f"IDNA does not allow this name: {_lower(error)}") from None
    labels, problems = [], []
    for label in mapped.split("."):
        try:
            labels.append(_ascii(label))
        except ValueError as error:
            labels.append(label)
            problems.append(str(error))
    name = ".".join(labels)
    if len(name) > LONGEST_NAME:
        problems.append(f"has {len(name)} characters; DNS allows {LONGEST_NAME}")
    if _NUMBER.fullmatch(labels[-1]):
        problems.append("its last part is a number, which browsers read as an address")
    if problems:
        raise ValueError("; ".join(dict.fromkeys(problems)))
    return name


def public_host_name(text: str) -> str:
    """Return a name that an issuer of certificates accepts, which is one below a domain.

    Args:
        text: A name as a person writes it.

    Raises:
        ValueError: `host_name` refuses the text, or it has no dot.
    """
    name = host_name(text)
    if "." not in name:
        raise ValueError("has no dot: a certificate needs a full name, such as shop.example.com")
    return name


def _require_a_name(text: str) -> None:
    """Raise ValueError for common mistakes, such as a URL or an IP address."""
    if not text:
        raise ValueError("is empty: write a host name, such as shop.example.com")
    if len(text) > LONGEST_NAME + 1:  # the text may have a final dot
        raise ValueError(f"has {len(text)} characters; DNS allows {LONGEST_NAME}")
    if any(one.isspace() or not (one.isprintable() or one in _JOINERS) for one in text):
        raise ValueError("has a blank or a character that can't be seen: write the host name alone")
    if "://" in text or "/" in text:
        raise ValueError("is a URL or a path: write the host name alone, such as shop.example.com")
    if "*" in text:
        raise ValueError("has a wildcard, for which this stack gets no certificate: write each name")
    if _is_address(text):
        raise ValueError("is an address: write a host name, such as shop.example.com")
    if _PORT.search(text):
        raise ValueError("has a port: write the host name alone")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True


def _ascii(label: str) -> str:
    """Return the label in the form that DNS uses, or raise ValueError with everything that is wrong."""
    if not label:
        raise ValueError("has an empty part: a dot at its beginning, or two in a row")
    if label.isascii() and not label.startswith("xn--"):
        if problems := list(_problems(label)):
            raise ValueError("; ".join(f"`{_short(label)}` {one}" for one in problems))
        return label
    try:
        return idna.alabel(label).decode()
    except idna.IDNAError as error:
        if "too long" in str(error):
            problem = f"has more than {LONGEST_LABEL} characters in its ASCII form (xn--...)"
            raise ValueError(f"`{_short(label)}` {problem}; DNS allows {LONGEST_LABEL} between two dots") from None
        raise ValueError(f"IDNA does not allow `{_short(label)}`: {_lower(error)}") from None


def _problems(label: str) -> Iterator[str]:
    if odd := dict.fromkeys(_ODD.findall(label)):
        yield f"has {' '.join(odd)}; letters, digits and hyphens are allowed"
    if len(label) > LONGEST_LABEL:
        yield f"has {len(label)} characters; DNS allows {LONGEST_LABEL} between two dots"
    if label.startswith("-") or label.endswith("-"):
        yield "begins or ends with a hyphen"
    # RFC 5890 2.3.1 reserves these for IDNA, and no issuer gives a certificate for another one
    elif label[2:4] == "--":
        yield "has two hyphens in its third and fourth place, which only names of IDNA (xn--) may have"


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[:20]}..."


def _lower(error: Exception) -> str:
    text = str(error)
    return text[:1].lower() + text[1:]
