"""The shop's way in: traefik, with a certificate where a domain is set."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import networking

from infra.components._kubernetes import metadata
from infra.components.django import SERVICE_PORT
from infra.components.traefik import CERTIFICATE_RESOLVER
from infra.names import DJANGO

_ROUTER = "traefik.ingress.kubernetes.io/router"


@dataclass(frozen=True, kw_only=True)
class IngressArgs:
    """Inputs of `Ingress`."""

    namespace: pulumi.Input[str]
    service_name: pulumi.Input[str]
    domain: str | None


class Ingress(pulumi.ComponentResource):
    """One rule for every path."""

    def __init__(self, name: str, args: IngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:app:Ingress", name, None, opts)
        annotations = {"pulumi.com/skipAwait": "true"}
        if args.domain:
            annotations[f"{_ROUTER}.tls"] = "true"
            annotations[f"{_ROUTER}.tls.certresolver"] = CERTIFICATE_RESOLVER
        service = networking.v1.IngressServiceBackendArgs(
            name=args.service_name, port=networking.v1.ServiceBackendPortArgs(number=SERVICE_PORT)
        )
        path = networking.v1.HTTPIngressPathArgs(
            path="/", path_type="Prefix", backend=networking.v1.IngressBackendArgs(service=service)
        )
        rule = networking.v1.IngressRuleArgs(
            host=args.domain, http=networking.v1.HTTPIngressRuleValueArgs(paths=[path])
        )
        networking.v1.Ingress(
            f"{name}-ingress",
            metadata=metadata(DJANGO, args.namespace, annotations),
            spec=networking.v1.IngressSpecArgs(ingress_class_name="traefik", rules=[rule]),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
