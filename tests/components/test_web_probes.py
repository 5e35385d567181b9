"""What the kubelet makes of a web pod, with a real gunicorn and Django under the manifest's own probes."""

from typing import ClassVar

import pytest

from tests.graphs import run
from tests.kubelet import is_success, probe
from tests.web_pod import web_pod

DOMAIN = {"domain": "shop.example.com", "acme_email": "a@shop.example"}
DOMAINS = {"domains": ["shop.example.com", "www.shop.example.com"], "acme_email": "a@shop.example"}
KINDS = ("startupProbe", "readinessProbe", "livenessProbe")
# Settings as cookiecutter-django's production.py has them.
APP = """
import os
from django.conf import settings

settings.configure(
    SECRET_KEY="x",
    ALLOWED_HOSTS=os.environ["DJANGO_ALLOWED_HOSTS"].split(","),
    ROOT_URLCONF="app",
    SECURE_SSL_REDIRECT="SSL" in os.environ,
    SECURE_PROXY_SSL_HEADER=None if "BLIND" in os.environ else ("HTTP_X_FORWARDED_PROTO", "https"),
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"],
)
import django

django.setup()
from django.http import HttpResponse
from django.urls import path


def page(request):
    return HttpResponse("broken", status=500) if "BROKEN" in os.environ else HttpResponse("ok")


urlpatterns = [path("healthz", page), path("slash/", page)]
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
"""
WSGI = {"wsgi": "app:application"}


def probes(pod):
    return {kind: pod.probe(kind) for kind in KINDS}


@pytest.mark.parametrize("names", [{}, DOMAIN, DOMAINS], ids=["no domain", "domain", "domains"])
class TestSslRedirect:
    """SECURE_SSL_REDIRECT, as cookiecutter-django's production has it."""

    def test_a_page_that_answers_is_healthy(self, tmp_path, names):
        with web_pod(run(1, app=WSGI, **names), tmp_path, APP, SSL="1") as pod:
            assert probes(pod) == dict.fromkeys(KINDS, "success")

    def test_a_page_that_answers_500_never_is(self, tmp_path, names):
        with web_pod(run(1, app=WSGI, **names), tmp_path, APP, SSL="1", BROKEN="1") as pod:
            assert probes(pod) == dict.fromkeys(KINDS, "failure: HTTP 500")


class TestOtherApps:
    def test_without_the_redirect(self, tmp_path):
        """Probes are the same for an app that never heard of https."""
        with web_pod(run(1, app=WSGI, **DOMAIN), tmp_path, APP) as pod:
            assert probes(pod) == dict.fromkeys(KINDS, "success")

    def test_one_that_never_sees_https(self, tmp_path):
        """It redirects for ever. Without a domain it never gets ready; with one the kubelet takes it for health, and
        the update says it (scripts/certificates.sh)."""
        with web_pod(run(1, app=WSGI), tmp_path, APP, SSL="1", BLIND="1") as pod:
            assert all(said.startswith("failure") for said in probes(pod).values())
        with web_pod(run(1, app=WSGI, **DOMAIN), tmp_path, APP, SSL="1", BLIND="1") as pod:
            assert probes(pod) == dict.fromkeys(KINDS, "warning")

    def test_a_redirect_within_the_pod_is_followed(self, tmp_path):
        """Django adds a slash; what is behind it counts."""
        made = run(1, app={**WSGI, "health_path": "/slash"}, **DOMAIN)
        with web_pod(made, tmp_path, APP, SSL="1") as pod:
            assert probes(pod) == dict.fromkeys(KINDS, "success")
        with web_pod(made, tmp_path, APP, SSL="1", BROKEN="1") as pod:
            assert probes(pod) == dict.fromkeys(KINDS, "failure: HTTP 500")

    def test_an_app_that_does_not_load(self, tmp_path):
        with web_pod(run(1, app=WSGI), tmp_path, "raise RuntimeError('no app today')") as pod:
            assert all(said.startswith("failure") for said in probes(pod).values())


class TestKubelet:
    """The played one: what it makes of redirects is why probes say that they come by https."""

    PLAIN: ClassVar = {"httpGet": {"path": "/healthz", "port": "http"}, "timeoutSeconds": 5}

    def ask(self, pod, *headers):
        get = {**self.PLAIN["httpGet"], "httpHeaders": [{"name": name, "value": value} for name, value in headers]}
        return probe({**self.PLAIN, "httpGet": get}, "127.0.0.1", {"http": pod.port})

    def test_takes_a_redirect_to_another_host_for_success(self, tmp_path):
        with web_pod(run(1, app=WSGI, **DOMAIN), tmp_path, APP, SSL="1", BROKEN="1") as pod:
            assert self.ask(pod, ("Host", "shop.example.com")) == "warning"
        assert is_success("warning")

    def test_follows_one_to_the_same_host(self, tmp_path):
        """There nobody speaks TLS: such a pod never gets ready, as healthy as it may be."""
        with web_pod(run(1, app=WSGI), tmp_path, APP, SSL="1") as pod:
            assert "SSLError" in self.ask(pod)
