"""A tag must be true."""

from dataclasses import replace

import pytest

from infra.versions import IMAGES
from lab.images.dockerfile import fits, starts_from
from lab.images.recipes import CANNOT, PYTHON, RECIPES, recipe
from lab.images.tags import overrides, plain_name, untrue_tags


def test_every_tag_says_what_its_dockerfile_pins():
    assert untrue_tags() == []


def test_an_untrue_tag_is_found():
    """As when a tag in infra/versions.py moves on and Debian's package does not."""
    redis = replace(recipe("library/redis:8.0"), name="library/redis:8.2")
    assert untrue_tags([redis]) == ["library/redis:8.2: its Dockerfile pins redis-server=5:8.0.*"]


def test_every_package_of_ours_is_pinned():
    """Otherwise the check above would have nothing to compare."""
    unpinned = [one.name for one in RECIPES if not one.base and not _pins(one)]
    assert unpinned == ["lab/debian:trixie"]


def _pins(one):
    return untrue_tags([replace(one, name=f"{one.name.partition(':')[0]}:0.0.0")])


class TestOverrides:
    def test_what_debian_has_in_another_version(self):
        assert overrides() == {
            "postgres": "lab.stagecoach.dev/library/postgres:17",
            "redis": "lab.stagecoach.dev/library/redis:8.0",
            "prometheus": "lab.stagecoach.dev/prometheus/prometheus:v2.53.3",
            "alertmanager": "lab.stagecoach.dev/prometheus/alertmanager:v0.28.1",
            "postgres_exporter": "lab.stagecoach.dev/lab/postgres-exporter:0.17.1",
            "redis_exporter": "lab.stagecoach.dev/lab/redis-exporter:1.69.0",
            "node_exporter": "lab.stagecoach.dev/lab/node-exporter:1.9.0",
            "pgbouncer": "lab.stagecoach.dev/lab/pgbouncer:1.24.1",
        }

    def test_a_tag_that_is_true_stays(self):
        assert "redis" not in overrides({**IMAGES, "redis": "docker.io/library/redis:8.0"})

    def test_every_image_of_the_stack_is_served_or_named_as_missing(self):
        served = {plain_name(overrides().get(key, image)) for key, image in IMAGES.items()}
        missing = {name for name in served if name.partition(":")[0] in CANNOT}
        assert missing == {"grafana/grafana:12.4.12"}
        assert served - missing <= {one.name for one in RECIPES}


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("docker.io/library/postgres:17", "library/postgres:17"),
        ("lab.stagecoach.dev/lab/minimal:1", "lab/minimal:1"),
        ("localhost:5000/a:1", "a:1"),
        ("library/redis:8.0", "library/redis:8.0"),
        ("quay.io/a/b:1@sha256:00", "a/b:1"),
    ],
)
def test_plain_names(reference, name):
    assert plain_name(reference) == name


def test_the_base_of_the_apps_is_the_python_that_they_ask_for():
    tag = PYTHON.partition(":")[2]
    asked = {starts_from(one.dockerfile.read_text()) for one in RECIPES if one.base == PYTHON}
    assert asked == {"python:3.13-slim-bookworm"}
    assert all(fits(tag, name.partition(":")[2].replace("-", ".0-", 1)) for name in asked)
