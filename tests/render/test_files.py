"""Paths and texts of a recorded run."""

import pulumi
import yaml
from pulumi_command import remote
from pulumi_kubernetes import core

from infra.render.files import rendered_files
from infra.render.mocks import Mocks, Place, run_under_mocks


def files(program):
    return rendered_files(run_under_mocks(program, Mocks(), Place()))


def test_objects():
    """Those without a namespace come first for `kubectl apply -R`."""

    def register():
        core.v1.Service("web", metadata={"name": "web", "namespace": "app"})
        core.v1.Namespace("app", metadata={"name": "app"})

    made = files(register)
    assert list(made) == ["kubernetes/_cluster/namespace-app.yaml", "kubernetes/app/service-web.yaml"]
    assert yaml.safe_load(made["kubernetes/app/service-web.yaml"])["kind"] == "Service"


def test_an_encoded_secret():
    """Base64 of the stand-in would look like a password."""

    def register():
        kind = "kubernetes.io/dockerconfigjson"
        core.v1.Secret("pull", metadata={"namespace": "app"}, type=kind, string_data={".dockerconfigjson": "c2hvcA=="})

    text = files(register)["kubernetes/app/secret-pull-autonamed.yaml"]
    assert yaml.safe_load(text)["stringData"] == {".dockerconfigjson": "[secret]"}


def test_scripts():
    """One file where create and update are the same."""
    connection = remote.ConnectionArgs(host="198.51.100.7", private_key="hidden")

    def register():
        remote.Command("one", connection=connection, create="true", update="true", stdin="key: 1\n")
        remote.Command("two", connection=connection, create="a", update="b", delete="c")

    made = files(register)
    assert made == {
        "scripts/one.sh": "true",
        "scripts/one.stdin": "key: 1\n",
        "scripts/two.create.sh": "a",
        "scripts/two.update.sh": "b",
        "scripts/two.delete.sh": "c",
    }


def test_other_resources_are_no_files():
    assert files(lambda: pulumi.ComponentResource("stagecoach:test:Part", "part")) == {}
