"""What the documentation promises to the app and to people is what the program builds."""

import pytest

from infra.program.outputs import OUTPUTS, SECRET_OUTPUTS
from infra.stack_file import app_contract
from tests.graphs import run

APP = app_contract.VARIABLES
CELERY = {**APP, **app_contract.CELERY_VARIABLES}
PODS = {
    "django-deployment": {**APP, **app_contract.WEB_VARIABLES},
    "migrate-job": APP,
    "celery-worker-deployment": {**CELERY, **app_contract.WORKER_VARIABLES},
    "celery-beat-deployment": CELERY,
    "queue-exporter-deployment": {**CELERY, **app_contract.EXPORTER_VARIABLES},
}


class TestEnvironment:
    @pytest.mark.parametrize("name", sorted(PODS))
    def test_a_pod_has_exactly_the_documented_variables(self, name):
        container = run(1).inputs(name)["spec"]["template"]["spec"]["containers"][0]
        secret = run(1).inputs("app-environment-variables")["stringData"]
        assert container["envFrom"] == [{"secretRef": {"name": "app-environment-variables-autonamed"}}]
        assert {*secret, *(one["name"] for one in container.get("env", []))} == set(PODS[name])

    def test_a_web_pod_under_asgi_has_two_more(self):
        container = run(1, app={"asgi": "shop.asgi"}).inputs("django-deployment")["spec"]["template"]["spec"]
        found = {one["name"] for one in container["containers"][0]["env"]}
        assert found == {*app_contract.WEB_VARIABLES, *app_contract.ASGI_VARIABLES}


class TestOutputs:
    def test_are_the_documented_ones(self):
        domain = {"domain": "shop.example", "acme_email": "a@shop.example"}
        assert set(run(2, monitoring={"grafana": True}, **domain).stack_outputs) == set(OUTPUTS)
        assert set(run(1).stack_outputs) == set(OUTPUTS) - {"grafana", "certificates"}

    def test_secret_ones_are_marked(self):
        """An output that a person must not see in a log."""
        secret = {name for name, value in run(1).stack_outputs.items() if isinstance(value, dict)}
        assert secret == set(SECRET_OUTPUTS)
