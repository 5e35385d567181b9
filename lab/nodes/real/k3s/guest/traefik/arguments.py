"""Traefik's command line, in the chart's order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lab.nodes.real.k3s.guest.traefik.values import ChartError, Values


def arguments(values: Values, service: str) -> list[str]:
    """What the container is started with; `service` is namespace and name of the chart's Service."""
    made = [*_global(values["global"]), *_addresses(values["ports"]), "--api.dashboard=true", "--ping=true"]
    made += [*_metrics(values["metrics"]), *_providers(values["providers"], service)]
    for name, port in values["ports"].items():
        made += _entry_point(name, port, values["ports"])
    made += _logs(values["logs"])
    made += _nested("certificatesresolvers", values["certificatesResolvers"])
    return [*made, *map(str, values["additionalArguments"] or [])]


def _global(values: Values) -> Iterator[str]:
    if not values["checkNewVersion"]:
        yield "--global.checkNewVersion=false"
    if values["sendAnonymousUsage"]:
        yield "--global.sendAnonymousUsage"


def _addresses(ports: Values) -> Iterator[str]:
    for name, port in ports.items():
        yield f"--entryPoints.{name}.address=:{port['port']}/{port['protocol'].lower()}"
        if port.get("asDefault"):
            yield f"--entryPoints.{name}.asDefault=true"


def _metrics(values: Values) -> Iterator[str]:
    prometheus = values["prometheus"]
    if not prometheus:
        return
    yield "--metrics.prometheus=true"
    yield f"--metrics.prometheus.entrypoint={prometheus['entryPoint']}"
    for key in ("addRoutersLabels", "addEntryPointsLabels", "addServicesLabels"):
        if prometheus[key] is not None:
            yield f"--metrics.prometheus.{key}={_text(prometheus[key])}"
    if prometheus["buckets"]:
        yield f"--metrics.prometheus.buckets={prometheus['buckets']}"


def _providers(values: Values, service: str) -> Iterator[str]:
    crd, ingress, file = values["kubernetesCRD"], values["kubernetesIngress"], values["file"]
    if crd["enabled"]:
        yield "--providers.kubernetescrd"
        if crd["allowCrossNamespace"]:
            yield "--providers.kubernetescrd.allowCrossNamespace=true"
        yield f"--providers.kubernetescrd.allowEmptyServices={_text(crd['allowEmptyServices'])}"
    if ingress["enabled"]:
        yield "--providers.kubernetesingress"
        yield f"--providers.kubernetesingress.allowEmptyServices={_text(ingress['allowEmptyServices'])}"
        if ingress["publishedService"]["enabled"]:
            published = ingress["publishedService"]["pathOverride"] or service
            yield f"--providers.kubernetesingress.ingressendpoint.publishedservice={published}"
    if file["enabled"]:
        yield "--providers.file.directory=/etc/traefik/dynamic"
        if file["watch"]:
            yield "--providers.file.watch=true"


def _entry_point(name: str, port: Values, ports: Values) -> Iterator[str]:
    prefix, http = f"--entryPoints.{name}", port.get("http") or {}
    if http.get("maxHeaderBytes"):
        yield f"{prefix}.http.maxHeaderBytes={http['maxHeaderBytes']}"
    if http.get("middlewares"):
        yield f"{prefix}.http.middlewares={','.join(http['middlewares'])}"
    yield from _redirection(name, (http.get("redirections") or {}).get("entryPoint") or {}, ports)
    if (http.get("tls") or {}).get("enabled"):
        yield f"{prefix}.http.tls=true"
        for key in ("options", "certResolver"):
            if http["tls"][key]:
                yield f"{prefix}.http.tls.{key}={http['tls'][key]}"
    if port.get("allowACMEByPass"):
        yield f"{prefix}.allowACMEByPass=true"
    for key in ("forwardedHeaders", "proxyProtocol"):
        trust = port.get(key) or {}
        if trust.get("trustedIPs"):
            yield f"{prefix}.{key}.trustedIPs={','.join(trust['trustedIPs'])}"
        if trust.get("insecure"):
            yield f"{prefix}.{key}.insecure"
    yield from (one for one in _nested(f"{prefix[2:]}.transport", port.get("transport") or {}))


def _redirection(name: str, asked: Values, ports: Values) -> Iterator[str]:
    if not asked:
        return
    target = ports.get(asked.get("to", ""))
    if target is None:
        raise ChartError(f"ERROR: Cannot redirect {name} to {asked.get('to')}: entryPoint not found")
    secure = ((target.get("http") or {}).get("tls") or {}).get("enabled")
    if secure and asked.get("scheme", "https") != "https":
        raise ChartError(f"ERROR: Cannot redirect {name} to {asked['to']} without setting scheme to https")
    prefix = f"--entryPoints.{name}.http.redirections.entryPoint"
    yield f"{prefix}.to=:{target['exposedPort']}"
    for key in ("scheme", "priority", "permanent"):
        if asked.get(key) is not None:
            yield f"{prefix}.{key}={_text(asked[key])}"


def _logs(values: Values) -> Iterator[str]:
    general, access = values["general"], values["access"]
    if general["format"]:
        yield f"--log.format={general['format']}"
    if general["level"]:
        yield f"--log.level={general['level'].upper()}"
    if not access["enabled"]:
        return
    yield "--accesslog=true"
    if access["format"]:
        yield f"--accesslog.format={access['format']}"
    for key, name in (("general", ""), ("headers", ".headers")):
        fields = access["fields"][key]
        yield f"--accesslog.fields{name}.defaultmode={fields['defaultmode']}"
        yield from (f"--accesslog.fields{name}.names.{one}={how}" for one, how in (fields["names"] or {}).items())


def _nested(path: str, content: Values) -> Iterator[str]:
    """One argument for each value below; what is empty is left out, a number or `false` is not."""
    for key, value in sorted(content.items()):
        if isinstance(value, dict):
            yield from _nested(f"{path}.{key}", value)
        elif isinstance(value, list) and value:
            yield f"--{path}.{key}={','.join(map(str, value))}"
        elif isinstance(value, bool | int | float) or value:
            yield f"--{path}.{key}={_text(value)}"


def _text(value: Any) -> str:  # noqa: ANN401  the chart's own kinds
    return str(value).lower() if isinstance(value, bool) else str(value)
