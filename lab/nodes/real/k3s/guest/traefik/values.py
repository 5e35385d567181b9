"""The chart's values: its defaults, k3s's own over them, and those of HelmChartConfigs over both.

Read for this: traefik-helm-chart at v40.1.0 and k3s-io/k3s-charts; k3s 1.36 bundles traefik-40.1.4+up40.1.0.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

Values = dict[str, Any]
CHART = "traefik-40.1.4+up40.1.0"


class ChartError(Exception):
    """Values that the chart, or the lab, does not take."""


_TIMEOUTS: Values = {"readTimeout": None, "writeTimeout": None, "idleTimeout": None}
_LIFE_CYCLE: Values = {"requestAcceptGraceTimeout": None, "graceTimeOut": None}
_TRANSPORT: Values = {
    "respondingTimeouts": _TIMEOUTS,
    "lifeCycle": _LIFE_CYCLE,
    "keepAliveMaxRequests": None,
    "keepAliveMaxTime": None,
}
_TRUST: Values = {"trustedIPs": [], "insecure": False}


def _port(number: int, *, exposed: int, expose: bool, **more: Any) -> Values:  # noqa: ANN401  the chart's own kinds
    return {
        "port": number,
        "hostPort": None,
        "exposedPort": exposed,
        "expose": {"default": expose},
        "protocol": "TCP",
        "nodePort": None,
        **more,
    }


def _entry(number: int, *, exposed: int, http: Values) -> Values:
    """A port that customers use."""
    more = {"forwardedHeaders": _TRUST, "proxyProtocol": _TRUST, "transport": _TRANSPORT}
    return _port(number, exposed=exposed, expose=True, asDefault=None, allowACMEByPass=False, http=http, **more)


_TLS: Values = {"enabled": True, "options": "", "certResolver": ""}
# What the lab plays of the chart.  A list and an empty mapping take anything; another mapping takes its own keys.
DEFAULTS: Values = {
    "additionalArguments": [],
    "certificatesResolvers": {},
    "deployment": {"podAnnotations": {}, "terminationGracePeriodSeconds": 60, "goMemLimitPercentage": 0.9},
    "env": [],
    "global": {"checkNewVersion": True, "sendAnonymousUsage": False},
    "logs": {
        "general": {"level": "INFO", "format": None},
        "access": {
            "enabled": False,
            "format": None,
            "fields": {
                "general": {"defaultmode": "keep", "names": {}},
                "headers": {"defaultmode": "drop", "names": {}},
            },
        },
    },
    "metrics": {
        "prometheus": {
            "entryPoint": "metrics",
            "addEntryPointsLabels": None,
            "addRoutersLabels": None,
            "addServicesLabels": None,
            "buckets": "",
        },
    },
    "persistence": {
        "enabled": False,
        "name": "data",
        "existingClaim": "",
        "accessMode": "ReadWriteOnce",
        "size": "128Mi",
        "storageClass": None,
        "path": "/data",
        "annotations": {},
    },
    "podSecurityContext": {},
    "ports": {
        "metrics": _port(9100, exposed=9100, expose=False),
        "traefik": _port(8080, exposed=8080, expose=False),
        "web": _entry(8000, exposed=80, http={"middlewares": [], "redirections": {"entryPoint": {}}}),
        "websecure": _entry(8443, exposed=443, http={"middlewares": [], "maxHeaderBytes": None, "tls": _TLS}),
    },
    "priorityClassName": "",
    "providers": {
        "file": {"enabled": False, "watch": True, "content": ""},
        "kubernetesCRD": {"enabled": True, "allowCrossNamespace": False, "allowEmptyServices": True},
        "kubernetesIngress": {
            "enabled": True,
            "allowEmptyServices": True,
            "publishedService": {"enabled": True, "pathOverride": ""},
        },
    },
    "resources": {},
    "service": {"annotations": {}, "labels": {}, "spec": {}},
    "tolerations": [],
    "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
    "volumes": [],
}
# What k3s itself puts over them (manifests/traefik.yaml of its sources), and the chart's own where anything is taken.
K3S: Values = {
    "deployment": {"podAnnotations": {"prometheus.io/port": "8082", "prometheus.io/scrape": "true"}},
    "podSecurityContext": {
        "runAsGroup": 65532,
        "runAsNonRoot": True,
        "runAsUser": 65532,
        "seccompProfile": {"type": "RuntimeDefault"},
    },
    "priorityClassName": "system-cluster-critical",
    "service": {"spec": {"type": "LoadBalancer"}},
    "tolerations": [
        {"key": "CriticalAddonsOnly", "operator": "Exists"},
        {"key": "node-role.kubernetes.io/control-plane", "operator": "Exists", "effect": "NoSchedule"},
    ],
}
# Of the chart's other values: known, not played.
_UNPLAYED = frozenset(
    (
        "affinity",
        "additionalVolumeMounts",
        "api",
        "autoscaling",
        "commonLabels",
        "core",
        "envFrom",
        "experimental",
        "extraObjects",
        "fullnameOverride",
        "gateway",
        "gatewayClass",
        "hostNetwork",
        "hub",
        "image",
        "ingressClass",
        "ingressRoute",
        "instanceLabelOverride",
        "livenessProbe",
        "nameOverride",
        "namespaceOverride",
        "nodeSelector",
        "ocsp",
        "podDisruptionBudget",
        "rbac",
        "readinessProbe",
        "securityContext",
        "serviceAccount",
        "serviceAccountAnnotations",
        "startupProbe",
        "tlsOptions",
        "tlsStore",
        "topologySpreadConstraints",
        "tracing",
        "versionOverride",
    )
)


def chart_values(*given: Values) -> Values:
    """All of them merged, the later over the earlier.

    Raises:
        ChartError: a key that the chart does not know, or that the lab does not play.
    """
    merged = merge(DEFAULTS, K3S)
    for one in given:
        wrong = list(_unknown(one, DEFAULTS, ""))
        if wrong:
            raise ChartError("; ".join(wrong))
        merged = merge(merged, one)
    return merged


def merge(below: Values, above: Values) -> Values:
    """As Helm does it: mappings key by key, a null takes a key away, anything else replaces."""
    made = copy.deepcopy(below)
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(made.get(key), dict):
            made[key] = merge(made[key], value)
        elif value is None and key in made:
            made[key] = {} if isinstance(made[key], dict) else None
        else:
            made[key] = copy.deepcopy(value)
    return made


def _unknown(given: Values, known: Values, path: str) -> Iterator[str]:
    for key, value in given.items():
        name = f"{path}{key}"
        if not path and key in _UNPLAYED:
            yield f"{name} is a value of {CHART} that the lab does not play"
        elif key not in known:
            yield f"{name} is no value of {CHART}, which would pass it over; it has {', '.join(sorted(known))}"
        elif isinstance(known[key], dict) and known[key]:
            if not isinstance(value, dict | None):
                yield f"{name} is a mapping in {CHART}, not {value!r}"
            else:
                yield from _unknown(value or {}, known[key], f"{name}.")
