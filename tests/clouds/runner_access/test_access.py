"""Open, close, and what others left open, at each cloud's API."""

import pytest

from infra.clouds import CLOUDS
from infra.clouds.choose import runner_access
from infra.clouds.hetzner import runner_access as at_hetzner
from infra.clouds.runner_access.opening import PORTS, make_opening, to_close
from infra.errors import RefusedError
from tests.servers.cloud_api import GROUP, CloudApi

NOW = 1_800_000_000
OPENING = make_opening("shop", "42", "8.8.8.8", NOW)


@pytest.fixture(params=sorted(CLOUDS))
def cloud(request, monkeypatch):
    """The emulated API and the way to it."""
    with CloudApi(request.param) as api:
        monkeypatch.setenv("STAGECOACH_CLOUD_API", api.address)
        monkeypatch.setenv(CLOUDS[request.param].api.token.variable, "t0ken")
        monkeypatch.setattr(at_hetzner, "_WAIT", 0)
        yield api, runner_access(request.param)


def close(access, run="42", now=NOW):
    return access.close("shop", lambda name: to_close(name, "shop", run, now))


def test_opens_for_the_server_alone_and_closes(cloud):
    """Not for the Celery servers: nobody logs in there."""
    api, access = cloud
    access.open(OPENING)
    assert api.names == [OPENING.name]
    text = str([*api.firewalls.values(), *api.rules.values()])
    assert all(f"'{port}'" in text for port in PORTS)
    assert "8.8.8.8" in text
    applied = [
        one.get("droplet_ids") or [to["server"]["id"] for to in one["applied_to"]] for one in api.firewalls.values()
    ]
    assert applied in ([], [[10]])
    assert set(close(access)) == {OPENING.name}
    assert api.names == []
    assert close(access) == []


def test_what_is_not_ours_stays(cloud):
    api, access = cloud
    access.open(OPENING)
    kept = api.rules if api.provider == "vultr" else api.firewalls
    api.add(kept, {"name": "shop", "notes": "shop", "applied_to": []})
    close(access)
    assert [one["name"] for one in kept.values()] == ["shop"]


def test_another_run_goes_on_and_a_dead_one_is_closed(cloud):
    api, access = cloud
    access.open(OPENING)
    assert close(access, run="43", now=NOW + 60) == []
    assert api.names == [OPENING.name]
    assert set(close(access, run="43", now=NOW + 4 * 3600)) == {OPENING.name}


def test_what_stands_on_a_later_page_is_found(cloud):
    """An account of many servers, and an opening behind many other firewalls."""
    api, access = cloud
    api.page = 1
    kept = api.rules if api.provider == "vultr" else api.firewalls
    for number in range(3):
        api.add(kept, {"name": f"other-{number}", "notes": f"other-{number}", "applied_to": []})
    access.open(OPENING)
    assert OPENING.name in api.names
    assert set(close(access)) == {OPENING.name}
    assert len(kept) == 3


def test_no_server(cloud):
    """Or an opening of nothing would look like one that works."""
    api, access = cloud
    with pytest.raises(RefusedError, match="a server of deployment museum"):
        access.open(make_opening("museum", "42", "8.8.8.8", NOW))
    assert api.names == []


def test_the_cloud_says_no(cloud):
    api, access = cloud
    api.refuse = 403
    with pytest.raises(RefusedError, match=r"403: .*forbidden"):
        access.open(OPENING)


def test_a_firewall_that_is_still_used(monkeypatch):
    """Hetzner answers before the server is free of it."""
    with CloudApi("hetzner") as api:
        monkeypatch.setenv("STAGECOACH_CLOUD_API", api.address)
        monkeypatch.setenv("HCLOUD_TOKEN", "t0ken")
        monkeypatch.setattr(at_hetzner, "_WAIT", 0)
        access = runner_access("hetzner")
        access.open(OPENING)
        api.still_used = 3
        assert close(access) == [OPENING.name]
        access.open(OPENING)
        api.still_used = 1000
        with pytest.raises(RefusedError, match="resource_in_use"):
            close(access)


def test_vultrs_rules_are_in_the_stacks_group(monkeypatch):
    with CloudApi("vultr") as api:
        monkeypatch.setenv("STAGECOACH_CLOUD_API", api.address)
        monkeypatch.setenv("VULTR_API_KEY", "t0ken")
        access = runner_access("vultr")
        assert access._groups("shop") == [f"{GROUP}-0"]
