"""What the program gets of the engine."""

import asyncio

import pulumi
import pytest
from pulumi.runtime import set_all_config
from pulumi.runtime.config import CONFIG as ENGINES

from infra.errors import ConfigError
from infra.stack_file.reader import program_config
from tests.programs import CONFIG

REGISTRY = '{"server": "ghcr.io", "username": "ann"}'
KEYS = ("env_secrets", "registry_password", "alerts_smtp_password", "alerts_webhooks", "alerts_heartbeat_url")


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Without a stack file: as with `--config-file` elsewhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pulumi, "get_stack", lambda: "shop")
    before = ENGINES.get()
    loop = asyncio.new_event_loop()  # outputs are made in it
    asyncio.set_event_loop(loop)

    def loaded(secret_keys=(), **own):
        values = {"stagecoach:admin_cidrs": '["203.0.113.0/24"]', "stagecoach:stage": "1"}
        texts = {**{key: str(value) for key, value in CONFIG.items()}, **values}
        set_all_config({**texts, **{f"stagecoach:{key}": value for key, value in own.items()}}, secret_keys)
        return program_config.load_stack_config()

    yield loaded
    ENGINES.set(before)
    asyncio.set_event_loop(None)
    loop.close()


@pytest.mark.parametrize("key", KEYS)
def test_an_emptied_secret_counts_as_left_out(load, key):
    """`stagecoach:env_secrets:` without a value; the engine hands over an empty text."""
    _, secrets = load(**{key: ""})
    rest = (
        secrets.registry_password,
        secrets.alerts_smtp_password,
        secrets.alerts_webhooks,
        secrets.alerts_heartbeat_url,
    )
    assert rest == (None, None, None, None)


def test_an_emptied_secret_that_is_needed(load):
    """A pod that pulls with an empty password would end the update half-way."""
    with pytest.raises(ConfigError, match="stagecoach:registry_password: is required"):
        load(registry=REGISTRY, registry_password="")
    with pytest.raises(ConfigError, match="stagecoach:alerts_webhooks: is required"):
        load(alerts='{"receivers": {"ops": {"severities": ["critical"]}}}', alerts_webhooks="")


def test_what_there_is(load):
    keys = ["stagecoach:registry_password", "stagecoach:env_secrets"]
    _, secrets = load(keys, registry=REGISTRY, registry_password="hunter2", env_secrets='{"A": "x"}')
    assert secrets.registry_password is not None
    assert secrets.alerts_webhooks is None
