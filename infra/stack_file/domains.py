"""Check the shop's host names: `domain` holds one, `domains` several."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from infra.stack_file.strict import Between
from infra.stack_file.values.host_name import public_host_name

# Let's Encrypt issues 50 certificates a week for a registered domain (letsencrypt.org/docs/rate-limits), and each name
# here gets its own certificate.
MOST = 50


def _one_name(value: object) -> object:
    """Point to `domains` if somebody has written a list into `domain`."""
    if isinstance(value, (list, tuple, dict)):
        raise ValueError("takes one host name; write several under `domains`")  # noqa: TRY004  pydantic reads ValueError
    return _text(value)


def _listed_name(value: object) -> object:
    if isinstance(value, (list, tuple, dict)):
        raise ValueError("is a list within the list: write one host name")  # noqa: TRY004  as above
    return _text(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("is no text: write a host name, such as shop.example.com")  # noqa: TRY004  as above
    if "," in value or len(value.split()) > 1:
        raise ValueError("has several names: write them under `domains`, each on a line of its own, behind a hyphen")
    return value


def _list_of_names(value: object) -> object:
    """Explain what a list looks like if the value is not one; a key without a value counts as left out."""
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)):
        raise ValueError("is a list: write each name on a line of its own, behind a hyphen")  # noqa: TRY004  as above
    if len(value) > MOST:
        why = f"each has a certificate of its own, and Let's Encrypt gives {MOST} a week for one domain"
        raise ValueError(f"has {len(value)} names; {MOST} are allowed: {why}")
    return value


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = dict.fromkeys(name for name in names if names.count(name) > 1)
    if twice:
        raise ValueError(f"lists {', '.join(twice)} more than once: write each name once")
    return names


_SCHEMA = WithJsonSchema({"type": "string", "format": "host name"})
Domain = Annotated[str, BeforeValidator(_one_name), AfterValidator(public_host_name), _SCHEMA]
_Listed = Annotated[str, BeforeValidator(_listed_name), AfterValidator(public_host_name), _SCHEMA]
Domains = Annotated[
    tuple[_Listed, ...], Field(max_length=MOST), BeforeValidator(_list_of_names), AfterValidator(_distinct)
]


def domain_problems(domain: str | None, domains: tuple[str, ...], acme_email: str | None) -> Iterator[Between]:
    """Yield the problems between the three keys: one of the first two is allowed, and it needs the third.

    Args:
        domain: The value of `domain`.
        domains: The value of `domains`.
        acme_email: The value of `acme_email`.
    """
    if domain and domains:
        move = "" if domain in domains else f" add {domain} to `domains`, first if it is the shop's address, and"
        allowed = f"is set beside `domains`, which takes its place:{move} remove `domain`"
        yield Between(path="domain", value=domain, allowed=allowed, needs=("domain", "domains"))
    if (domain or domains) and not acme_email:
        field, value = ("domain", domain) if domain else ("domains", ", ".join(domains))
        allowed = "needs acme_email, the mail address that the certificates' issuer knows the shop by"
        yield Between(path=field, value=value or "", allowed=allowed, needs=(field, "acme_email"))
