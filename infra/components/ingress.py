"""Route the shop's names to the web pods, with certificates if a domain is set."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import networking

from infra.components._kubernetes import metadata
from infra.components.django import SERVICE_PORT
from infra.components.redirects import middlewares
from infra.components.traefik import CERTIFICATE_RESOLVER
from infra.names import DJANGO

REDIRECTS = f"{DJANGO}-redirects"
_ROUTER = "traefik.ingress.kubernetes.io/router"


@dataclass(frozen=True, kw_only=True)
class IngressArgs:
    """Hold the inputs of `Ingress`."""

    namespace: pulumi.Input[str]
    service_name: pulumi.Input[str]
    hosts: tuple[str, ...]  # the shop's address first; empty: requests for any name or address


class Ingress(pulumi.ComponentResource):
    """Route the shop's address, and other names that redirect to it."""

    def __init__(self, name: str, args: IngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:app:Ingress", name, None, opts)
        networking.v1.Ingress(
            f"{name}-ingress",
            metadata=metadata(DJANGO, args.namespace, _annotations(args.hosts)),
            spec=_spec(args.service_name, args.hosts[:1] or (None,)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        if args.hosts[1:]:
            redirected = {f"{_ROUTER}.middlewares": middlewares(args.hosts[0])}
            networking.v1.Ingress(
                f"{name}-redirects",
                metadata=metadata(REDIRECTS, args.namespace, {**_annotations(args.hosts), **redirected}),
                spec=_spec(args.service_name, args.hosts[1:]),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})


def _annotations(hosts: tuple[str, ...]) -> dict[str, str]:
    """Give each host a certificate of its own, so that a missing DNS record for one does not affect the others."""
    annotations = {"pulumi.com/skipAwait": "true"}
    if hosts:
        annotations[f"{_ROUTER}.tls"] = "true"
        annotations[f"{_ROUTER}.tls.certresolver"] = CERTIFICATE_RESOLVER
    return annotations


def _spec(service_name: pulumi.Input[str], hosts: tuple[str | None, ...]) -> networking.v1.IngressSpecArgs:
    """Route every path of each host to the web pods."""
    port = networking.v1.ServiceBackendPortArgs(number=SERVICE_PORT)
    service = networking.v1.IngressServiceBackendArgs(name=service_name, port=port)
    path = networking.v1.HTTPIngressPathArgs(
        path="/", path_type="Prefix", backend=networking.v1.IngressBackendArgs(service=service)
    )
    http = networking.v1.HTTPIngressRuleValueArgs(paths=[path])
    rules = [networking.v1.IngressRuleArgs(host=host, http=http) for host in hosts]
    return networking.v1.IngressSpecArgs(ingress_class_name="traefik", rules=rules)
