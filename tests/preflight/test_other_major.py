"""Another major version of a data service is refused where one runs, and nowhere else."""

import pytest

from infra.errors import RefusedError
from infra.preflight import other_major
from infra.preflight.other_major import require_same_major
from infra.stack_file.reader.parse import parse_config
from infra.versions import IMAGES
from tests.graphs import CONFIG, program
from tests.mocks import graph
from tests.program.test_quiet_commands import state as with_server

DIGEST = f"docker.io/library/postgres@sha256:{'0' * 64}"


def config(**images):
    return parse_config({**CONFIG, "stagecoach:stage": 1, "stagecoach:images": images}, title="cannot be used")


def stateful_set(name, image, *, ready=1, current="a", updated="a", observed=3):
    container = {"postgres": "postgres", "redis-broker": "redis", "redis-cache": "redis"}[name]
    return {
        "metadata": {"name": name, "generation": 3},
        "spec": {"template": {"spec": {"containers": [{"name": container, "image": image}, {"name": "exporter"}]}}},
        "status": {
            "readyReplicas": ready,
            "currentRevision": current,
            "updateRevision": updated,
            "observedGeneration": observed,
        },
    }


def state(*sets):
    made = {
        f"urn::{number}": {"type": "kubernetes:apps/v1:StatefulSet", "outputs": one} for number, one in enumerate(sets)
    }
    return {**made, "provider": {"type": "pulumi:providers:kubernetes", "outputs": {"kubeconfig": "config"}}}


@pytest.fixture
def cluster(monkeypatch):
    """Gives the objects of the list; what it was asked."""

    class Played:
        objects, asked = (), ()

        def __init__(self, kubeconfig, seconds):
            assert (kubeconfig, seconds) == ("config", 3.0)

        def items(self, path):
            Played.asked = (*Played.asked, path)
            if isinstance(self.objects, Exception):
                raise self.objects
            return list(self.objects)

    monkeypatch.setattr(other_major, "Cluster", Played)
    return Played


def refused(made, cluster, one, **images):
    cluster.objects = (one,)
    with pytest.raises(RefusedError) as caught:
        require_same_major(config(**images), state(made))
    return str(caught.value)


class TestRefused:
    @pytest.mark.parametrize(
        "image", ["postgres:16", "registry.example:5000/db/postgres:18.1-alpine", "postgres:15@" + DIGEST[-71:]]
    )
    def test_a_database_of_its_own_version_that_would_get_the_stacks(self, cluster, image):
        """Its line was taken out of the stack file, or an earlier program took it and this one does not."""
        one = stateful_set("postgres", image)
        said = refused(one, cluster, one)
        assert f"stagecoach:images.postgres = {IMAGES['postgres']}: {image} runs here, and 17 can't read what" in said
        assert 'containerStatuses[?(@.name=="postgres")].imageID' in said

    def test_a_broker_of_a_later_version(self, cluster):
        one = stateful_set("redis-broker", "redis:9.0")
        assert "redis:9.0 runs here, and 8 can't read what 9 wrote" in refused(one, cluster, one)


class TestTaken:
    @pytest.mark.parametrize(
        "one",
        [
            stateful_set("postgres", "postgres:17"),
            stateful_set("postgres", DIGEST),
            stateful_set("postgres", "postgres:latest"),
            stateful_set("redis-broker", "redis:8.0"),
            stateful_set("redis-broker", "redis:7.4"),
            stateful_set("redis-cache", "redis:9.0"),
            {"metadata": {"name": "postgres"}},
            {"metadata": {"name": "postgres"}, "spec": {"template": {"spec": {"containers": None}}}},
            {},
            None,
        ],
    )
    def test_the_cluster_is_not_even_asked(self, cluster, one):
        require_same_major(config(), state(one))
        assert cluster.asked == ()

    def test_a_new_stack(self, cluster):
        require_same_major(config(), {})
        assert cluster.asked == ()

    def test_what_runs_named_by_its_digest(self, cluster):
        require_same_major(config(postgres=DIGEST), state(stateful_set("postgres", "postgres:16")))
        assert cluster.asked == ()

    @pytest.mark.parametrize(
        "live",
        [
            stateful_set("postgres", "postgres:18", ready=0),
            stateful_set("postgres", "postgres:18", current="a", updated="b"),
            stateful_set("postgres", "postgres:18", observed=2),
            stateful_set("postgres", "postgres:17"),
            {"metadata": {"name": "postgres"}},
        ],
    )
    def test_the_way_back_from_an_image_that_never_started(self, cluster, live):
        """The state has the wrong image after the failed update; no pod of it was ever ready."""
        cluster.objects = (live,)
        require_same_major(config(), state(stateful_set("postgres", "postgres:18")))
        assert cluster.asked == ("/apis/apps/v1/namespaces/app/statefulsets",)

    def test_a_cluster_that_is_away(self, cluster):
        """The update can't reach the database either."""
        cluster.objects = OSError("no route")
        require_same_major(config(), state(stateful_set("postgres", "postgres:16")))


def test_an_update_registers_nothing(cluster):
    one = stateful_set("postgres", "postgres:16")
    cluster.objects = (one,)
    with pytest.raises(RefusedError, match=r"postgres:16 runs here"):
        graph(program, config={**CONFIG, "stagecoach:stage": 1}, state={**with_server({}), **state(one)})
