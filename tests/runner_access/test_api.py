"""Errors of a cloud's API are messages."""

import pytest

from infra.errors import ConfigError, RefusedError
from infra.runner_access.api import CLOUDS, Api
from tests.plans import REGIONS
from tests.servers.cloud_api import CloudApi


def test_every_provider():
    assert CLOUDS.keys() == REGIONS.keys()


@pytest.mark.parametrize("provider", CLOUDS)
def test_no_token(provider, monkeypatch):
    monkeypatch.delenv(CLOUDS[provider].variable, raising=False)
    with pytest.raises(ConfigError, match=CLOUDS[provider].variable):
        Api(provider)


def test_a_wrong_token_is_not_shown(monkeypatch):
    monkeypatch.setenv("HCLOUD_TOKEN", "wr0ng")
    with CloudApi("hetzner") as api:
        monkeypatch.setenv("STAGECOACH_CLOUD_API", api.address)
        with pytest.raises(RefusedError, match="GET /firewalls: an answer, not 401") as caught:
            Api("hetzner").call("GET", "/firewalls")
    assert "wr0ng" not in str(caught.value)


def test_nobody_answers(monkeypatch):
    monkeypatch.setenv("HCLOUD_TOKEN", "t0ken")
    monkeypatch.setenv("STAGECOACH_CLOUD_API", "http://127.0.0.1:9")
    with pytest.raises(RefusedError, match="the cloud refused"):
        Api("hetzner").call("GET", "/firewalls")
