"""A plain key that needs a secret."""

import pytest

from infra.errors import ConfigError
from infra.stack_file.reader.parse import parse_config
from infra.stack_file.reader.required_secrets import require_secrets
from tests.programs import CONFIG


def config(**more):
    return parse_config({**CONFIG, "stagecoach:stage": 1} | {f"stagecoach:{k}": v for k, v in more.items()}, title="t")


REGISTRY = {"server": "registry.example", "username": "shop"}
MAIL = {"smtp_host": "mail.example:25", "smtp_user": "shop", "email_from": "a@b.example", "email_to": "c@d.example"}
CHAT = {"receivers": {"chat": {"severities": ["critical"]}}}


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"registry": REGISTRY}, "registry_password"),
        ({"alerts": MAIL}, "alerts_smtp_password"),
        ({"alerts": CHAT}, "alerts_webhooks"),
    ],
)
def test_each(more, key):
    require_secrets(config(**more), {key})
    with pytest.raises(ConfigError, match=f"pulumi config set --secret stagecoach:{key}"):
        require_secrets(config(**more), set())


def test_none_is_needed():
    require_secrets(config(), set())


def test_all_at_once():
    with pytest.raises(ConfigError) as raised:
        require_secrets(config(registry=REGISTRY, alerts=CHAT), ())
    assert len(raised.value.problems) == 2


def test_a_receiver_that_the_secret_does_not_name():
    """Its alerts would go nowhere."""
    require_secrets(config(alerts=CHAT), ["alerts_webhooks"], ["chat"])
    require_secrets(config(alerts=CHAT), ["alerts_webhooks"])  # encrypted as a whole: only `up` sees the names
    with pytest.raises(ConfigError, match=r"stagecoach:alerts\.receivers\.chat: has neither"):
        require_secrets(config(alerts=CHAT), ["alerts_webhooks"], ["pager"])
