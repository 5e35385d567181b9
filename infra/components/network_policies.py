"""Close every connection in the app's namespace, then open those that the shop needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import meta, networking

from infra.components._kubernetes import metadata
from infra.components.outside import Outside, internet, private_addresses
from infra.names import (
    CELERY_BEAT,
    CELERY_WORKER,
    COMPONENT_LABEL,
    DJANGO,
    DJANGO_MIGRATE,
    MONITORING_NAMESPACE,
    PGBOUNCER,
    POSTGRES,
    POSTGRES_BACKUP,
    QUEUE_EXPORTER,
    REDIS_BROKER,
    REDIS_CACHE,
    SYSTEM_NAMESPACE,
)

_NAMESPACE = "kubernetes.io/metadata.name"
_POSTGRES_PORT, _REDIS_PORT, _DNS_PORT = 5432, 6379, 53
_METRIC_PORTS = (9187, 9121, 9808)  # postgres, redis and queue exporter

Peer = networking.v1.NetworkPolicyPeerArgs


@dataclass(frozen=True, kw_only=True)
class NetworkPoliciesArgs:
    """Hold the inputs of `NetworkPolicies`."""

    namespace: pulumi.Input[str]
    web_port: int
    outside: Outside


class NetworkPolicies(pulumi.ComponentResource):
    """Register policies by component, the same at every stage.

    A pool that a move removes is deleted last, and needs queue and database until its tasks have ended.
    """

    def __init__(self, name: str, args: NetworkPoliciesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:k8s:NetworkPolicies", name, None, opts)
        self._name, self._namespace = name, args.namespace
        app = (DJANGO, DJANGO_MIGRATE, CELERY_BEAT, QUEUE_EXPORTER, CELERY_WORKER)
        database = (*app, PGBOUNCER, POSTGRES_BACKUP)
        self.ready: list[pulumi.Resource] = [
            self._policy("default-deny", (), ingress=[], egress=[]),
            self._policy("dns", (), egress=[_egress([_in(SYSTEM_NAMESPACE)], _DNS_PORT, protocols=("UDP", "TCP"))]),
            self._policy("postgres", (POSTGRES, PGBOUNCER), ingress=[_ingress(_pods(database), _POSTGRES_PORT)]),
            self._policy("redis", (REDIS_BROKER, REDIS_CACHE), ingress=[_ingress(_pods(app), _REDIS_PORT)]),
            self._policy("web", (DJANGO,), ingress=[_ingress([_in(SYSTEM_NAMESPACE)], args.web_port)]),
            self._policy("metrics", (), ingress=[_ingress([_in(MONITORING_NAMESPACE)], *_METRIC_PORTS)]),
            self._policy("to-data", database, egress=[_egress(_pods((POSTGRES, PGBOUNCER)), _POSTGRES_PORT)]),
            self._policy("to-redis", app, egress=[_egress(_pods((REDIS_BROKER, REDIS_CACHE)), _REDIS_PORT)]),
            # The app calls mail, payment and other services. It can't reach our servers, or private networks that the
            # stack file does not name.
            self._policy("to-internet", (DJANGO, CELERY_WORKER), egress=[internet(args.outside)]),
            *self._to_private(args.outside),
        ]
        self.register_outputs({})

    def _to_private(self, outside: Outside) -> list[networking.v1.NetworkPolicy]:
        if not outside.egress_cidrs:
            return []
        return [self._policy("to-private", (DJANGO, CELERY_WORKER), egress=private_addresses(outside))]

    def _policy(
        self,
        suffix: str,
        components: Sequence[str],
        *,
        ingress: Sequence[networking.v1.NetworkPolicyIngressRuleArgs] | None = None,
        egress: pulumi.Input[Sequence[networking.v1.NetworkPolicyEgressRuleArgs]] | None = None,
    ) -> networking.v1.NetworkPolicy:
        kinds = [kind for kind, rules in (("Ingress", ingress), ("Egress", egress)) if rules is not None]
        return networking.v1.NetworkPolicy(
            f"{self._name}-{suffix}",
            metadata=metadata(suffix, self._namespace),
            spec=networking.v1.NetworkPolicySpecArgs(
                pod_selector=_selector(components),
                policy_types=kinds,
                ingress=ingress or None,
                egress=None if egress == [] else egress,
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )


def _selector(components: Sequence[str]) -> meta.v1.LabelSelectorArgs:
    if not components:
        return meta.v1.LabelSelectorArgs()
    expression = meta.v1.LabelSelectorRequirementArgs(key=COMPONENT_LABEL, operator="In", values=list(components))
    return meta.v1.LabelSelectorArgs(match_expressions=[expression])


def _pods(components: Sequence[str]) -> list[Peer]:
    return [Peer(pod_selector=_selector(components))]


def _in(namespace: str) -> Peer:
    return Peer(namespace_selector=meta.v1.LabelSelectorArgs(match_labels={_NAMESPACE: namespace}))


def _ports(ports: Sequence[int], protocols: Sequence[str]) -> list[networking.v1.NetworkPolicyPortArgs]:
    return [networking.v1.NetworkPolicyPortArgs(port=port, protocol=one) for port in ports for one in protocols]


def _ingress(peers: list[Peer], *ports: int) -> networking.v1.NetworkPolicyIngressRuleArgs:
    return networking.v1.NetworkPolicyIngressRuleArgs(from_=peers, ports=_ports(ports, ("TCP",)))


def _egress(
    peers: list[Peer], *ports: int, protocols: Sequence[str] = ("TCP",)
) -> networking.v1.NetworkPolicyEgressRuleArgs:
    return networking.v1.NetworkPolicyEgressRuleArgs(to=peers, ports=_ports(ports, protocols))
