"""What values become on traefik's command line."""

import pytest

from lab.nodes.real.k3s.guest.traefik.arguments import arguments
from lab.nodes.real.k3s.guest.traefik.values import ChartError, chart_values

PLAIN = arguments(chart_values(), "kube-system/traefik")


def added(given):
    return [one for one in arguments(chart_values(given), "kube-system/traefik") if one not in PLAIN]


def test_as_k3s_starts_it():
    for one in (
        "--entryPoints.web.address=:8000/tcp",
        "--entryPoints.websecure.address=:8443/tcp",
        "--entryPoints.websecure.http.tls=true",
        "--entryPoints.metrics.address=:9100/tcp",
        "--metrics.prometheus.entrypoint=metrics",
        "--ping=true",
        "--providers.kubernetescrd",
        "--providers.kubernetesingress",
        "--providers.kubernetesingress.ingressendpoint.publishedservice=kube-system/traefik",
        "--log.level=INFO",
    ):
        assert one in PLAIN
    assert not [one for one in PLAIN if "redirections" in one or "Timeout" in one or "accesslog" in one]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"additionalArguments": ["--a=b"]}, ["--a=b"]),
        (
            {"ports": {"web": {"transport": {"respondingTimeouts": {"readTimeout": "600s", "idleTimeout": 0}}}}},
            [
                "--entryPoints.web.transport.respondingTimeouts.idleTimeout=0",
                "--entryPoints.web.transport.respondingTimeouts.readTimeout=600s",
            ],
        ),
        (
            {"ports": {"web": {"http": {"redirections": {"entryPoint": {"to": "websecure", "permanent": True}}}}}},
            [
                "--entryPoints.web.http.redirections.entryPoint.to=:443",
                "--entryPoints.web.http.redirections.entryPoint.permanent=true",
            ],
        ),
        (
            {
                "certificatesResolvers": {
                    "le": {"acme": {"email": "a@b.example", "httpChallenge": {"entryPoint": "web"}}}
                }
            },
            [
                "--certificatesresolvers.le.acme.email=a@b.example",
                "--certificatesresolvers.le.acme.httpChallenge.entryPoint=web",
            ],
        ),
        (
            {"providers": {"file": {"enabled": True, "content": "http: {}"}}},
            ["--providers.file.directory=/etc/traefik/dynamic", "--providers.file.watch=true"],
        ),
        (
            {"ports": {"websecure": {"forwardedHeaders": {"trustedIPs": ["10.0.0.0/8", "127.0.0.1"]}}}},
            ["--entryPoints.websecure.forwardedHeaders.trustedIPs=10.0.0.0/8,127.0.0.1"],
        ),
        ({"ports": {"websecure": {"asDefault": True}}}, ["--entryPoints.websecure.asDefault=true"]),
        (
            {"ports": {"websecure": {"http": {"middlewares": ["a@file"]}}}},
            ["--entryPoints.websecure.http.middlewares=a@file"],
        ),
        (
            {"metrics": {"prometheus": {"addRoutersLabels": True, "buckets": "0.1,1"}}},
            ["--metrics.prometheus.addRoutersLabels=true", "--metrics.prometheus.buckets=0.1,1"],
        ),
        (
            {"logs": {"access": {"enabled": True, "format": "json"}}},
            [
                "--accesslog=true",
                "--accesslog.format=json",
                "--accesslog.fields.defaultmode=keep",
                "--accesslog.fields.headers.defaultmode=drop",
            ],
        ),
    ],
)
def test_values(given, expected):
    assert added(given) == expected


class TestRefused:
    def test_a_redirection_to_nowhere(self):
        given = {"ports": {"web": {"http": {"redirections": {"entryPoint": {"to": "other"}}}}}}
        with pytest.raises(ChartError, match="Cannot redirect web to other: entryPoint not found"):
            added(given)

    def test_a_redirection_that_is_not_to_https(self):
        entry = {"to": "websecure", "scheme": "http"}
        with pytest.raises(ChartError, match="without setting scheme to https"):
            added({"ports": {"web": {"http": {"redirections": {"entryPoint": entry}}}}})
