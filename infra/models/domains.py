"""The shop's host names: `domain` for one, `domains` for several."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from infra.models.host_name import public_host_name
from infra.models.strict import Between

# Let's Encrypt gives 50 certificates a week for one registered domain (letsencrypt.org/docs/rate-limits), and each
# name here gets one of its own.
MOST = 50


def _one_name(value: object) -> object:
    """Says of a list, which people write into `domain`, where it belongs."""
    if isinstance(value, (list, tuple, dict)):
        raise ValueError("takes one host name; write several under `domains`")  # noqa: TRY004  pydantic reads ValueError
    if not isinstance(value, str):
        raise ValueError("is no text: write a host name, such as shop.example.com")  # noqa: TRY004  as above
    return value


def _list_of_names(value: object) -> object:
    """Says what else people write; a key without a value is one that was left out."""
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)):
        raise ValueError("is a list: write each name on a line of its own, behind a hyphen")  # noqa: TRY004  as above
    return value


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = dict.fromkeys(name for name in names if names.count(name) > 1)
    if twice:
        raise ValueError(f"{', '.join(twice)} stands there more than once: write each name once")
    return names


Domain = Annotated[
    str,
    BeforeValidator(_one_name),
    AfterValidator(public_host_name),
    WithJsonSchema({"type": "string", "format": "host name"}),
]
Domains = Annotated[
    tuple[Domain, ...], Field(max_length=MOST), BeforeValidator(_list_of_names), AfterValidator(_distinct)
]


def domain_problems(domain: str | None, domains: tuple[str, ...], acme_email: str | None) -> Iterator[Between]:
    """What is wrong between the three keys."""
    if domain and domains:
        allowed = f"in place of it: write {domain} into `domains`, first if it is the shop's address, and remove this"
        yield Between(path="domain", value=domain, allowed=f"`domains` stands {allowed}", needs=("domain", "domains"))
    if (domain or domains) and not acme_email:
        field, value = ("domain", domain) if domain else ("domains", ", ".join(domains))
        allowed = "needs acme_email: the certificate's issuer warns there before it expires"
        yield Between(path=field, value=value or "", allowed=allowed, needs=(field, "acme_email"))
