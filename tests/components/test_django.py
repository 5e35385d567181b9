"""The web pods."""

import os
import re
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

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
        assert made["command"] == ["gunicorn", "config.wsgi:application"]
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


class TestProbes:
    @pytest.mark.parametrize("kind", ["startupProbe", "readinessProbe", "livenessProbe"])
    def test_send_a_host_that_django_allows(self, kind):
        """Any other is a 400, and no pod would ever be ready."""
        get = container(run(1, domain="shop.example", acme_email="a@shop.example"), NAME)[kind]["httpGet"]
        assert get["httpHeaders"] == [{"name": "Host", "value": "shop.example"}]

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
