"""How long the shop is away: the server's parts, then every single pod that is needed."""

import pytest

from infra.names import POSTGRES, REDIS_BROKER, REDIS_CACHE
from infra.planner.plan_for import plan_for
from infra.updates.changes.assumptions import RESTART, resized, total
from infra.updates.changes.compare import compare
from infra.updates.changes.downtime import own_reasons, restart_seconds
from tests.plans import REGIONS
from tests.updates.changes.configs import config


def away(diff):
    return {one.name: one.away_seconds for one in diff.restarts}


@pytest.mark.parametrize("provider", REGIONS)
def test_a_resized_server_and_the_databases_with_new_numbers(provider):
    """They restart twice: with the server, and once more when the cluster is up again."""
    diff = compare(config(1, provider), config(2, provider))
    restarted = [RESTART[name] for name in (POSTGRES, REDIS_BROKER, REDIS_CACHE)]
    assert diff.downtime.parts == (*resized(provider), *restarted)
    assert diff.downtime.seconds == total((*resized(provider), *restarted))
    assert away(diff)["server"] == total(resized(provider))
    assert away(diff)[POSTGRES] == away(diff)["server"] + restart_seconds(POSTGRES, plan_for(config(2, provider)))
    assert away(diff)["coredns"] == away(diff)["server"]


def test_the_same_server_and_the_same_databases():
    """Stages 2 and 3 share a server type: nothing stops."""
    assert compare(config(2), config(3)).downtime.seconds == 0


def test_a_new_image_is_rolled():
    """Customers get the old pod until the new one answers; a worker ends its tasks first."""
    diff = compare(config(1), config(1, image="registry.example/shop:2"))
    grace = plan_for(config(1)).workers[0].grace_period
    assert diff.downtime.seconds == 0
    assert away(diff)["django"] == 0
    assert away(diff)["celery-worker"] > grace


def test_another_image_of_the_database():
    diff = compare(config(1), config(1, images={"postgres": "mirror.example/postgres:17"}))
    assert diff.downtime.parts == (RESTART[POSTGRES],)


def test_refused_is_refused_before_anything_stops():
    diff = compare(config(1), config(2, region="fsn1"))
    assert diff.refused
    assert (diff.downtime.seconds, diff.events) == (0, ())


def test_celery_servers_stop_their_tasks_and_not_the_shop():
    diff = compare(config(5), config(5, celery_servers={"instance_type": "cx43"}))
    assert away(diff)["Celery servers"] == total(resized("hetzner"))
    assert diff.downtime.seconds == 0


def test_own_reasons():
    assert own_reasons(("the server is resized", "settings")) == ["settings"]
