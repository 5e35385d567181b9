"""What the documentation promises to the app and to people is what the program builds."""

import functools

import pytest

from infra import app_contract
from infra.outputs import OUTPUTS, SECRET_OUTPUTS
from tests.mocks import graph
from tests.test_program import CONFIG, program

APP = app_contract.VARIABLES
CELERY = {**APP, **app_contract.CELERY_VARIABLES}
PODS = {
    "django-deployment": {**APP, **app_contract.WEB_VARIABLES},
    "migrate-job": APP,
    "celery-worker-deployment": {**CELERY, **app_contract.WORKER_VARIABLES},
    "celery-beat-deployment": CELERY,
    "queue-exporter-deployment": {**CELERY, **app_contract.EXPORTER_VARIABLES},
}


@functools.cache
def built():
    return graph(program, config={**CONFIG, "stagecoach:stage": 1})


class TestEnvironment:
    @pytest.mark.parametrize("name", sorted(PODS))
    def test_a_pod_has_exactly_the_documented_variables(self, name):
        container = built().inputs(name)["spec"]["template"]["spec"]["containers"][0]
        secret = built().inputs("app-environment-variables")["stringData"]
        assert container["envFrom"] == [{"secretRef": {"name": "app-environment-variables-autonamed"}}]
        assert {*secret, *(one["name"] for one in container.get("env", []))} == set(PODS[name])


class TestOutputs:
    def test_are_the_documented_ones(self):
        assert set(built().stack_outputs) == set(OUTPUTS)

    def test_secret_ones_are_marked(self):
        """An output that a person must not see in a log."""
        secret = {name for name, value in built().stack_outputs.items() if isinstance(value, dict)}
        assert secret == set(SECRET_OUTPUTS)
