"""The real program's files: what the tests of manifests check, written down and read again."""

import functools

import jsonschema
import kubernetes_validate
import pytest
import yaml

from infra.errors import ConfigError, RefusedError
from infra.render.stack import render_stack
from infra.stack_file.app_contract import PARTS, URLS
from infra.stack_file.reader.parse import parse_config
from tests.graphs import EVERYTHING
from tests.manifests.test_cloud_init import schema
from tests.manifests.test_schemas import KUBERNETES
from tests.programs import CONFIG

HIDDEN = {"secure": "v1:abc:def"}


@functools.cache
def rendered(stage=1, *, everything=False):
    values = {**CONFIG, "stagecoach:stage": stage}
    if everything:
        values |= {f"stagecoach:{key}": value for key, value in EVERYTHING.items()}
        values |= {"stagecoach:registry_password": HIDDEN, "stagecoach:env_secrets": {"MAIL_KEY": HIDDEN}}
    return render_stack(parse_config(values, title="test"), values, "stage1")


def manifests(files):
    return {path: yaml.safe_load(text) for path, text in files.items() if path.startswith("kubernetes/")}


@pytest.mark.parametrize(("stage", "everything"), [(1, False), (2, True)])
class TestKubernetes:
    def test_are_valid(self, stage, everything):
        """Strict, as tests/manifests does it with the recorded objects; a name is what the API server wants besides."""
        found = manifests(rendered(stage, everything=everything))
        assert len(found) > 40
        for path, manifest in found.items():
            kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
            assert path.endswith(f"/{manifest['kind'].lower()}-{manifest['metadata']['name']}.yaml")

    def test_pods_read_what_is_there(self, stage, everything):
        """Autonamed objects are named as their readers have it."""
        files = rendered(stage, everything=everything)
        names = {(one["kind"], one["metadata"]["name"]) for one in manifests(files).values()}
        # Nobody reads the dashboards without Grafana.
        config_maps = {name for kind, name in names if kind == "ConfigMap" and not name.startswith("dashboards-")}
        read = "\n".join(text for path, text in files.items() if "kubernetes/" in path and "/configmap-" not in path)
        assert [name for name in config_maps if name not in read] == []
        assert "autonamed" not in "".join(files.values())


class TestSecrets:
    def test_are_stand_ins(self):
        files = rendered(2, everything=True)
        secrets = [one for one in manifests(files).values() if one["kind"] == "Secret"]
        data = {key: value for one in secrets for key, value in one["stringData"].items()}
        assert data["MAIL_KEY"] == data["DJANGO_SECRET_KEY"] == data[".dockerconfigjson"] == "[secret]"
        assert data["DATABASE_URL"].startswith("postgres://app:[secret]@")
        assert [text for text in files.values() if "PRIVATE KEY" in text or "v1:abc" in text] == []

    def test_a_part_of_a_url(self):
        """A stand-in has brackets, which are an address of IPv6 to some parsers."""
        aliases = {f"X_{url}_{part}".upper(): f"{url}.{part}" for url in URLS for part in PARTS}
        values = {**CONFIG, "stagecoach:stage": 5, "stagecoach:app": {"aliases": aliases}}
        files = manifests(render_stack(parse_config(values, title="test"), values, "stage1"))
        found = {key: value for one in files.values() for key, value in one.get("stringData", {}).items()}
        assert found["X_DATABASE_URL_PASSWORD"] == found["X_CACHE_URL_PASSWORD"] == "[secret]"
        assert {found[f"X_DATABASE_URL_{part.upper()}"] for part in ("user", "name")} == {"app"}
        assert found["X_CELERY_BROKER_URL_HOST"] == "redis-broker"

    @pytest.mark.parametrize("emptied", [{}, {"stagecoach:registry_password": None}])
    def test_one_that_is_missing(self, emptied):
        """As the program refuses it."""
        values = {**CONFIG, "stagecoach:stage": 2, "stagecoach:registry": EVERYTHING["registry"], **emptied}
        with pytest.raises(ConfigError, match="registry_password"):
            render_stack(parse_config(values, title="test"), values, "stage1")


class TestServers:
    def test_user_data(self):
        text = rendered()["servers/server-server/user-data"]
        assert text.startswith("#cloud-config\n")
        jsonschema.validate(yaml.safe_load(text), schema(), cls=jsonschema.Draft4Validator)

    def test_scripts(self):
        files = rendered()
        assert "K3S_VERSION" in files["scripts/k3s-install.sh"]
        assert yaml.safe_load(files["scripts/k3s-install.stdin"])["token"] == "[secret]"


def test_the_same_twice():
    """Also in another process, where the engine's messages have another order: maps are sorted."""
    values = {**CONFIG, "stagecoach:stage": 1}
    assert render_stack(parse_config(values, title="test"), values, "stage1") == rendered()


def test_a_changed_number_names_its_readers():
    """The suffix is the content's."""
    before = set(rendered())
    values = {**CONFIG, "stagecoach:stage": 1, "stagecoach:env": {"FEATURE": "on"}}
    after = set(render_stack(parse_config(values, title="test"), values, "stage1"))
    assert {path.rpartition("-")[0] for path in before ^ after} == {
        "kubernetes/app/secret-app-environment-variables",
    }


def test_what_does_not_fit():
    values = {**CONFIG, "stagecoach:stage": 2, "stagecoach:instance_type": "cx23"}
    with pytest.raises(RefusedError, match="stage 2 is refused"):
        render_stack(parse_config(values, title="test"), values, "stage1")
