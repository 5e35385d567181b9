"""Check the provider's token without ever showing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.clouds import CLOUDS
from infra.operate.doctor.check import Check, missing, ok, warning
from infra.operate.doctor.http import Answer, get

_OK, _DENIED = 200, (401, 403)


def token_check(
    provider: str, config: Mapping[str, Any], environment: Mapping[str, str], *, online: bool
) -> tuple[Check, Answer | None]:
    """Check that there is a token and, with `online`, that it may read.

    Args:
        provider: the stack's provider.
        config: the stack file's values.
        environment: the environment's variables.
        online: whether the provider may be asked.

    Returns:
        The check, and the provider's answer, whose Date header is the provider's clock; None if it was not asked.
    """
    api = CLOUDS[provider].api
    variable, key = api.token.variable, api.token.key
    token = environment.get(variable, "")
    mend = f"export {variable}=..., or pulumi config set --secret {key}"
    if not token:
        if key in config:
            return ok("token", f"{key} in the stack file, encrypted: not tried"), None
        return missing("token", f"neither {variable} nor {key} is set", mend), None
    if token != token.strip() or not token.isprintable():
        return missing("token", f"{variable} has a space or a line break at its end", mend), None
    if not online:
        return ok("token", f"{variable} is set; --online tries it"), None
    return _tried(provider, variable, get(api_url(provider, environment), token))


def api_url(provider: str, environment: Mapping[str, str]) -> str:
    """Return the address of the list of servers, which an update asks for first.

    The environment may name another address, in the variable that the provider's plugin reads.
    """
    cloud = CLOUDS[provider]
    address = environment.get(cloud.api.address_variable) or cloud.api.address
    return address.rstrip("/") + cloud.api.prefix + cloud.list_servers


def _tried(provider: str, variable: str, answer: Answer) -> tuple[Check, Answer]:
    if answer.status == _OK:
        return ok("token", f"{variable} may read servers at {provider}"), answer
    if answer.status in _DENIED:
        mend = "Generate one that may read and write, in the project where the shop is to stand"
        return missing("token", f"{provider} refuses {variable} ({answer.status} {answer.text})", mend), answer
    said = answer.text if answer.status == 0 else f"{answer.status} {answer.text}"
    mend = "See that this machine reaches the provider's API: proxy, DNS, the provider's status page"
    return warning("token", f"{variable} is set; {provider} could not be asked: {said}", mend), answer
