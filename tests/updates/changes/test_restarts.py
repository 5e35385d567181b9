"""What is said to restart is what the program's manifests say: pod templates and the config that they mount."""

import functools
import itertools
import json

import pytest

from infra.planner.plan_for import plan_for
from infra.updates.changes.restarts import app_workloads, pods_that_restart, restarts_of_config
from tests.mocks import graph
from tests.programs import CONFIG, program
from tests.public_keys import ED25519
from tests.updates.changes.configs import config

RUNNING = ("Deployment", "StatefulSet", "DaemonSet")
STAGES = (1, 2, 3, 4, 5)


@functools.cache
def _graph(text):
    return graph(program, config={**CONFIG, **json.loads(text)})


def templates(**more):
    """Each workload's pod template with the content of the autonamed config that it reads."""
    made = _graph(json.dumps({f"stagecoach:{key}": value for key, value in more.items()}, sort_keys=True)).kubernetes()
    found = {}
    for manifest in made.values():
        if manifest["kind"] in RUNNING:
            text = json.dumps(manifest["spec"]["template"], sort_keys=True)
            mounted = [
                json.dumps([one.get("data"), one.get("stringData")], sort_keys=True)
                for name, one in sorted(made.items())
                if f'"{name}-autonamed"' in text
            ]
            found[manifest["metadata"]["name"]] = text, mounted
    return found


def rolled(before, after):
    return {name for name in after if name in before and before[name] != after[name]}


@pytest.mark.parametrize(("old", "new"), list(itertools.permutations(STAGES, 2)))
def test_every_move(old, new):
    said = set(pods_that_restart(plan_for(config(old)), plan_for(config(new))))
    assert said == rolled(templates(stage=old), templates(stage=new))


@pytest.mark.parametrize(
    "change",
    [
        {"image": "registry.example/shop:2"},
        {"env": {"A": "1"}},
        {"domain": "shop.example.org", "acme_email": "a@example.org"},
        {"domains": ["shop.example.org", "www.shop.example.org"], "acme_email": "a@example.org"},
        {"app": {"asgi": "config.asgi:application"}},
        {"app": {"port": 9000}},
        {"app": {"celery_app": "shop"}},
        {"app": {"settings_module": "shop.settings", "port": 8080}},
        {"app": {"aliases": {"REDIS_URL": "CACHE_URL"}}},
        {"images": {"postgres": "mirror.example/postgres:17"}},
        {"images": {"postgres_exporter": "mirror.example/exporter:1"}},
        {"images": {"redis": "mirror.example/redis:8.0"}},
        {"images": {"redis_exporter": "mirror.example/exporter:1"}},
        {"images": {"prometheus": "mirror.example/prometheus:v2"}},
        {"images": {"alertmanager": "mirror.example/alertmanager:v0"}},
        {"images": {"node_exporter": "mirror.example/exporter:1"}},
        {"alerts": {"webhook_url": "https://alerts.example.org"}},
        {"k3s": {"version": "v1.36.4+k3s1"}},
        {"admin_cidrs": ["198.51.100.0/24"]},
        {"authorized_keys": [f"{ED25519} anna"]},
        {"kubeconfig_epoch": 2},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_field(change):
    plan = plan_for(config(1))
    said = set(restarts_of_config(config(1), config(1, **change), plan)) - {"k3s", "traefik"}
    assert said == rolled(templates(stage=1), templates(stage=1, **change))


GRAFANA = {"monitoring": {"grafana": True}}


def test_grafana_rolls_with_its_dashboards():
    """Their thresholds are the plan's."""
    said = set(pods_that_restart(plan_for(config(2, **GRAFANA)), plan_for(config(4, **GRAFANA))))
    assert said == rolled(templates(stage=2, **GRAFANA), templates(stage=4, **GRAFANA))
    assert "grafana" in said


@pytest.mark.parametrize("change", [GRAFANA, GRAFANA | {"images": {"grafana": "mirror.example/grafana:11"}}])
def test_grafanas_fields(change):
    """Switching it on starts it; Prometheus learns to miss it."""
    before = GRAFANA if "images" in change else {}
    plan = plan_for(config(4, **change))
    said = set(restarts_of_config(config(4, **before), config(4, **change), plan))
    said |= set(pods_that_restart(plan_for(config(4, **before)), plan))
    assert said == rolled(templates(stage=4, **before), templates(stage=4, **change))
    assert said == {"grafana" if "images" in change else "prometheus"}


def test_k3s_and_certificates():
    """No pods of ours, but they stop, too."""
    plan = plan_for(config(1))
    newer = config(1, k3s={"version": "v1.36.4+k3s1"})
    assert restarts_of_config(config(1), newer, plan) == {"k3s": ["stagecoach:k3s"]}
    renewed = config(1, kubeconfig_epoch=2)
    assert restarts_of_config(config(1), renewed, plan) == {"k3s": ["stagecoach:kubeconfig_epoch"]}
    with_tls = config(1, domain="shop.example.org", acme_email="a@example.org")
    assert restarts_of_config(config(1), with_tls, plan)["traefik"] == ["stagecoach:domain"]
    other = config(1, domain="shop.example.org", acme_email="b@example.org")
    assert restarts_of_config(with_tls, other, plan) == {"traefik": ["stagecoach:acme_email"]}
    slow = plan_for(config(1, overrides={"django": {"read_timeout": 3600}}))
    assert pods_that_restart(plan, slow) == {"traefik": ["read timeout"]}


DOMAIN = {"domain": "shop.example.org", "acme_email": "a@example.org"}
BOTH = {"domains": ["shop.example.org", "www.shop.example.org"], "acme_email": "a@example.org"}


def test_one_name_under_either_key_is_no_change():
    after = config(1, domains=["shop.example.org"], acme_email="a@example.org")
    assert restarts_of_config(config(1, **DOMAIN), after, plan_for(after)) == {}


def test_a_further_name_rolls_the_app_once():
    """The environment and the alert of certificates have the names; traefik mounts a file of redirects from then on."""
    before, after = config(1, **DOMAIN), config(1, **BOTH)
    plan = plan_for(after)
    said = restarts_of_config(before, after, plan)
    assert said == {name: ["stagecoach:domains"] for name in (*app_workloads(plan), "traefik", "prometheus")}
    assert set(said) - {"traefik"} == rolled(templates(stage=1, **DOMAIN), templates(stage=1, **BOTH))


def test_another_order_restarts_no_traefik():
    """It reads a changed file by itself, and the Ingress changes in place."""
    turned = {**BOTH, "domains": BOTH["domains"][::-1]}
    before, after = config(1, **BOTH), config(1, **turned)
    said = restarts_of_config(before, after, plan_for(after))
    assert set(said) == rolled(templates(stage=1, **BOTH), templates(stage=1, **turned)) == set(said) - {"traefik"}


@pytest.mark.parametrize(("old", "new"), [("wsgi", "asgi"), ("asgi", "wsgi")])
def test_another_interface_is_named_by_its_key(old, new):
    """`app.application` is no key of the stack file."""
    before, after = (config(1, app={key: f"shop.{key}:application"}) for key in (old, new))
    assert restarts_of_config(before, after, plan_for(after)) == {"django": [f"app.{new}"]}


def test_new_pools_do_not_restart():
    """`slow` is new at stage 5: it starts."""
    said = pods_that_restart(plan_for(config(4)), plan_for(config(5)))
    assert set(said) == {"celery-worker", "celery-beat", "queue-exporter", "prometheus"}
    assert said["celery-worker"] == ["node", "Celery settings", "pool", "concurrency", "queues"]


@pytest.mark.parametrize(("old", "new"), [(1, 2), (2, 1), (2, 3)])
def test_celery_servers_and_pgbouncer(old, new):
    """With the second server PgBouncer comes: whatever reads the database's address rolls."""
    files = [config(5, celery_servers={"count": count}) for count in (old, new)]
    said = set(pods_that_restart(*map(plan_for, files)))
    seen = [templates(stage=5, celery_servers={"count": count}) for count in (old, new)]
    assert said == rolled(*seen)
    assert ("django" in said) is (1 in (old, new))


def test_workloads_of_the_app():
    names = app_workloads(plan_for(config(5)))
    assert names == ("django", "celery-worker", "celery-worker-slow", "celery-beat", "queue-exporter")
