"""The two Redis instances, as the manifest says them."""

import pytest

from infra.components.redis import render_config
from infra.components.redis_users import RedisPasswords
from tests.graphs import BUILT, container, environment, pods, run
from tests.plans import stage_plan

BROKER, CACHE = "redis-broker", "redis-cache"


def config(plan):
    passwords = RedisPasswords(app="hidden", exporter="of the exporter", admin="of the admin")
    return dict(line.split(" ", 1) for line in render_config(plan, passwords).splitlines())


@pytest.mark.parametrize("stage", range(1, 6))
class TestConfig:
    def test_the_broker_forgets_nothing(self, stage):
        """A full broker refuses, a power cut loses no accepted task."""
        made = config(stage_plan(stage).redis_broker)
        assert (made["maxmemory-policy"], made["appendonly"], made["appendfsync"]) == ("noeviction", "yes", "always")

    def test_the_cache_forgets_the_oldest(self, stage):
        """Nothing of it is worth a write to the disk."""
        made = config(stage_plan(stage).redis_cache)
        assert (made["maxmemory-policy"], made["appendonly"], made["save"]) == ("allkeys-lru", "no", '""')
        assert "appendfsync" not in made

    def test_memory_is_below_the_limit(self, stage):
        """Else the kernel kills it before it refuses or forgets."""
        for plan in (stage_plan(stage).redis_broker, stage_plan(stage).redis_cache):
            limit = plan.workload.container("redis").limits.memory
            assert int(config(plan)["maxmemory"]) == plan.maxmemory.bytes < limit.bytes


@pytest.mark.parametrize("name", [BROKER, CACHE])
class TestPod:
    def test_the_password_is_in_a_secret_only(self, name):
        """Config and passwords lie in one Secret, the config has their hashes; arguments name a file."""
        made = run(1)
        data = made.inputs(f"{name}-config")["stringData"]
        assert "generated-password" not in data["redis.conf"]
        assert {key for key, value in data.items() if value == "generated-password"} == {
            "password",
            "exporter",
            "admin",
        }
        redis = environment(container(made, f"{name}-stateful-set"))
        assert redis == {
            "REDISCLI_AUTH": (f"{name}-config-autonamed", "password"),
            "ADMIN_PASSWORD": (f"{name}-config-autonamed", "admin"),
        }
        assert container(made, f"{name}-stateful-set")["command"] == ["redis-server", "/config/redis.conf"]
        assert "generated-password" not in str(made.inputs(f"{name}-stateful-set"))

    def test_a_changed_config_restarts_exactly_it(self, name):
        """Autonamed: the pod template names the new Secret."""
        made = run(1)
        assert "name" not in made.inputs(f"{name}-config")["metadata"]
        volumes = {one["name"]: one for one in pods(made)[f"{name}-stateful-set"]["volumes"]}
        assert volumes["config"]["secret"]["secretName"] == f"{name}-config-autonamed"

    def test_loading_is_not_pong(self, name):
        """`redis-cli ping` alone exits 0 while the append-only file is read."""
        probe = container(run(1), f"{name}-stateful-set")["startupProbe"]
        assert probe["exec"]["command"] == ["sh", "-c", "timeout 4 redis-cli ping | grep -q PONG"]
        assert probe["periodSeconds"] * probe["failureThreshold"] == 300

    def test_a_probe_ends_before_the_kubelet_ends_it(self, name):
        """What the shell started would live on, and containerd would wait two minutes for it."""
        redis = container(run(1), f"{name}-stateful-set")
        for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert redis[kind]["timeoutSeconds"] > int(redis[kind]["exec"]["command"][2].split()[1])

    def test_the_exporter_cannot_take_it_down(self, name):
        """A hung exporter is restarted alone; a readiness probe of its own would close the Service to the app."""
        exporter = container(run(1), f"{name}-stateful-set", 1)
        assert exporter["livenessProbe"]["tcpSocket"] == {"port": "metrics"}
        assert "readinessProbe" not in exporter

    def test_the_exporter_logs_in(self, name):
        variables = environment(container(run(1), f"{name}-stateful-set", 1))
        assert variables == {
            "REDIS_ADDR": "redis://127.0.0.1:6379",
            "REDIS_USER": "exporter",
            "REDIS_PASSWORD": (f"{name}-config-autonamed", "exporter"),
        }


@pytest.mark.parametrize(("stage", "provider"), BUILT)
class TestStorage:
    def test_only_the_broker_has_a_claim(self, stage, provider):
        """It stays on the server's volume at every stage; the cache lives as long as its pod."""
        made = run(stage, provider)
        (claim,) = made.inputs(f"{BROKER}-stateful-set")["spec"]["volumeClaimTemplates"]
        assert claim["spec"]["storageClassName"] == "local-path"
        assert "volumeClaimTemplates" not in made.inputs(f"{CACHE}-stateful-set")["spec"]
        assert "nodeSelector" not in pods(made)[f"{BROKER}-stateful-set"]

    def test_only_the_broker_is_the_images_user(self, stage, provider):
        """To whom its files on a running server's volume belong; the cache keeps none."""
        made = pods(run(stage, provider))
        users = {name: made[f"{name}-stateful-set"]["securityContext"]["runAsUser"] for name in (BROKER, CACHE)}
        assert users == {BROKER: 999, CACHE: 10004}

    def test_both_stay(self, stage, provider):
        made = run(stage, provider)
        for name in (f"{BROKER}-stateful-set", f"{CACHE}-stateful-set"):
            assert made.requests[name].protect
            assert list(made.requests[name].ignoreChanges) == ["spec.volumeClaimTemplates"]
