"""The web pods."""

import os
import re
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from typing import ClassVar

import pytest

from infra.components.django import gunicorn_arguments
from tests.graphs import BUILT, container, environment, pods, run, waits_for
from tests.plans import stage_plan
from tests.servers import free_port
from tests.waiting import patience, wait

NAME = "django-deployment"


@pytest.mark.parametrize(("stage", "provider"), BUILT)
def test_rolls_without_a_gap(stage, provider):
    """One more pod, none less; the plan has room for that one."""
    surge = stage_plan(stage, provider).django.workload.replicas.surge
    strategy = run(stage, provider).inputs(NAME)["spec"]["strategy"]
    assert strategy == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": 0}}
    assert surge == 1


def test_the_access_log_has_the_customers_address(tmp_path):
    """A real gunicorn: the address that it sees itself is traefik's."""
    port, log = free_port(), tmp_path / "log"
    arguments = gunicorn_arguments(stage_plan(1).django, port).replace("/run/gunicorn", str(tmp_path))
    command = [Path(sys.executable).with_name("gunicorn"), "wsgiref.simple_server:demo_app"]
    with log.open("w") as output:
        variables = {**os.environ, "GUNICORN_CMD_ARGS": arguments, "HOME": str(tmp_path)}
        child = subprocess.Popen(command, env=variables, stdout=output, stderr=output, cwd=tmp_path)
    try:
        wait(lambda: "Listening at" in log.read_text(), log.read_text)
        asked = HTTPConnection("127.0.0.1", port, timeout=patience(10))
        asked.request("GET", "/a?b=c", headers={"X-Forwarded-For": "192.0.2.7"})
        assert asked.getresponse().status == 200
        pattern = re.compile(r'^(\S+) - - \[.*\] "GET /a\?b=c HTTP/1.1" 200', re.MULTILINE)
        line = wait(lambda: pattern.search(log.read_text()), "a line of the log")
    finally:
        child.terminate()
        child.wait()
    assert line[1] == "192.0.2.7"


class TestGunicorn:
    def test_arguments_are_the_plans(self):
        """By gunicorn's own variable, so that any image works."""
        made = container(run(1), NAME)
        assert made["command"][-2:] == ["gunicorn", "config.wsgi:application"]
        assert environment(made)["GUNICORN_CMD_ARGS"] == gunicorn_arguments(stage_plan(1).django, 8000)
        assert "--workers=1 --threads=4 " in gunicorn_arguments(stage_plan(1).django, 8000)
        assert f"--timeout={stage_plan(1).django.request_timeout} " in gunicorn_arguments(stage_plan(1).django, 8000)

    def test_idle_connections_are_closed_by_traefik(self):
        """It does so after 90 s; a gunicorn that closes first answers some request with nothing."""
        assert int(re.search(r"--keep-alive=(\d+)", gunicorn_arguments(stage_plan(1).django, 8000))[1]) > 90

    def test_heartbeats_lie_in_memory(self):
        """A slow disk would make gunicorn kill its workers."""
        assert "--worker-tmp-dir=/run/gunicorn" in gunicorn_arguments(stage_plan(1).django, 8000)
        (folder,) = (one for one in pods(run(1))[NAME]["volumes"] if one["name"] == "heartbeat")
        assert folder["emptyDir"]["medium"] == "Memory"

    def test_the_apps_port(self):
        """From the command over the container to the policy."""
        made = run(1, app={"port": 9000, "health_path": "/up"})
        assert container(made, NAME)["ports"] == [{"name": "http", "containerPort": 9000}]
        assert "--bind=0.0.0.0:9000" in environment(container(made, NAME))["GUNICORN_CMD_ARGS"]
        assert container(made, NAME)["readinessProbe"]["httpGet"]["path"] == "/up"
        (rule,) = made.inputs("namespaces-policies-web")["spec"]["ingress"]
        assert [port["port"] for port in rule["ports"]] == [9000]


class TestAsgi:
    APP: ClassVar = {"app": {"asgi": "shop.asgi:application"}}

    def test_uvicorns_worker_serves_it(self):
        """Through a module of ours, which bounds the requests at a time."""
        made = container(run(1, **self.APP), NAME)
        assert made["command"][-2:] == ["gunicorn", "stagecoach_asgi:application"]
        variables = environment(made)
        assert "--worker-class=uvicorn_worker.UvicornWorker" in variables["GUNICORN_CMD_ARGS"]
        assert "--pythonpath=/opt/stagecoach" in variables["GUNICORN_CMD_ARGS"]
        assert "--threads" not in variables["GUNICORN_CMD_ARGS"]
        assert variables["STAGECOACH_ASGI_APP"] == "shop.asgi:application"
        assert variables["STAGECOACH_ASGI_REQUESTS"] == str(stage_plan(1).django.threads)

    def test_the_module_is_mounted(self):
        """Autonamed: another one rolls the pods."""
        made = run(1, **self.APP)
        [start] = [one for one in pods(made)[NAME]["volumes"] if one["name"] == "stagecoach"]
        name = start["configMap"]["name"].removesuffix("-autonamed")
        assert "stagecoach_asgi.py" in made.inputs(name)["data"]
        mounted = {"name": "stagecoach", "mountPath": "/opt/stagecoach", "readOnly": True}
        assert mounted in container(made, NAME)["volumeMounts"]

    def test_the_rest_is_alike(self):
        """Probes, amounts, end."""
        asgi, wsgi = container(run(1, **self.APP), NAME), container(run(1), NAME)
        for key in ("startupProbe", "readinessProbe", "livenessProbe", "resources", "lifecycle", "ports"):
            assert asgi[key] == wsgi[key]

    def test_wsgi_has_none_of_it(self):
        made = run(1)
        assert not any("stagecoach_asgi.py" in one.get("data", {}) for one in made.kubernetes().values())
        assert not any("ASGI" in name for name in environment(container(made, NAME)))


class TestProbes:
    @pytest.mark.parametrize("kind", ["startupProbe", "readinessProbe", "livenessProbe"])
    def test_ask_as_traefik_does(self, kind):
        """By https, or SECURE_SSL_REDIRECT redirects; with a host that Django allows, or it is a 400."""
        get = container(run(1, domain="shop.example", acme_email="a@shop.example"), NAME)[kind]["httpGet"]
        https = {"name": "X-Forwarded-Proto", "value": "https"}
        assert get["httpHeaders"] == [https, {"name": "Host", "value": "shop.example"}]
        assert container(run(1), NAME)[kind]["httpGet"]["httpHeaders"] == [https]

    def test_the_first_name_is_asked_for(self):
        """The others are redirected."""
        made = run(1, domains=["shop.example", "www.shop.example"], acme_email="a@shop.example")
        headers = container(made, NAME)["readinessProbe"]["httpGet"]["httpHeaders"]
        assert headers[-1] == {"name": "Host", "value": "shop.example"}

    def test_ready_before_alive(self):
        """A pod under load leaves the Service after 30 s, and is killed after three minutes."""
        made = container(run(1), NAME)
        seconds = {
            kind: made[kind]["periodSeconds"] * made[kind]["failureThreshold"]
            for kind in ("startupProbe", "readinessProbe", "livenessProbe")
        }
        assert seconds == {"startupProbe": 120, "readinessProbe": 30, "livenessProbe": 180}


class TestEnd:
    def test_traefik_hears_of_it_first(self):
        """The pause, and gunicorn's own 30 s, fit into the grace period."""
        pod = pods(run(1))[NAME]
        pause = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert (pause, pod["terminationGracePeriodSeconds"]) == (5, 40)


class TestOrder:
    def test_rolls_after_the_migration(self):
        assert "migrate-job" in waits_for(run(1), NAME)

    def test_the_service_selects_the_pods(self):
        made = run(1)
        labels = made.inputs(NAME)["spec"]["template"]["metadata"]["labels"]
        selector = made.inputs("django-service")["spec"]["selector"]
        assert selector.items() <= labels.items()
        assert made.inputs("django-service")["spec"]["ports"] == [{"name": "http", "port": 80, "targetPort": "http"}]
