"""What the kubelet makes of a web pod, with a real gunicorn and Django under the manifest's own probes."""

import pytest

from tests.graphs import container, run
from tests.kubelet import is_success
from tests.web_pod import NAME, web_pod

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
    SECURE_PROXY_SSL_HEADER=None if "NO_PROXY_HEADER" in os.environ else ("HTTP_X_FORWARDED_PROTO", "https"),
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
            said = probes(pod)
        assert {kind: is_success(one) for kind, one in said.items()} == dict.fromkeys(KINDS, False)
        assert "/healthz answers 500" in said["startupProbe"]

    def test_a_redirect_that_never_ends_is_no_start(self, tmp_path, names):
        """Without SECURE_PROXY_SSL_HEADER every page redirects to itself: customers would see none of them."""
        with web_pod(run(1, app=WSGI, **names), tmp_path, APP, SSL="1", NO_PROXY_HEADER="1") as pod:
            said = pod.probe("startupProbe")
        assert "answers 301 to https://" in said
        assert 'SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")' in said


class TestStart:
    def test_a_redirect_within_the_pod_is_followed(self, tmp_path):
        """Django adds a slash."""
        made = run(1, app={**WSGI, "health_path": "/slash"}, **DOMAIN)
        with web_pod(made, tmp_path, APP) as pod:
            assert probes(pod) == dict.fromkeys(KINDS, "success")

    def test_nobody_listens(self, tmp_path):
        """As long as gunicorn loads the app."""
        with web_pod(run(1, app=WSGI), tmp_path, "raise RuntimeError('no app today')") as pod:
            assert "no answer on port" in pod.probe("startupProbe")

    def test_a_look_ends_before_the_kubelet_ends_it(self):
        """Its own words are better than a time-out's."""
        made = container(run(1), NAME)["startupProbe"]
        assert "SECONDS = 4" in made["exec"]["command"][2]
        assert made["timeoutSeconds"] == 5
