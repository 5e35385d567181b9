"""Configure k3s's ingress controller: its resources, time-outs, and certificates if a domain is set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import yaml
from pulumi_command import remote

from infra.components.redirects import redirect_arguments, redirect_objects, redirect_volumes
from infra.scripts import load, with_variables
from infra.sizing.plan import ContainerPlan

CERTIFICATE_RESOLVER = "letsencrypt"
_NAMESPACE = "kube-system"
_ENTRY_POINTS = ("web", "websecure")
# These are arguments of traefik itself: the chart's key for redirections moved between the versions that k3s bundles
# (v37: ports.web.redirections, v39: ports.web.http.redirections), and the chart silently ignores an unknown key. ACME's
# http-01 still works, because traefik's own router for it comes first.
_TO_HTTPS = tuple(
    f"--entrypoints.web.http.redirections.entrypoint.{one}" for one in ("to=:443", "scheme=https", "permanent=true")
)


@dataclass(frozen=True, kw_only=True)
class TraefikArgs:
    """Hold the inputs of `Traefik`."""

    connection: remote.ConnectionArgs
    server_id: pulumi.Input[str]  # another server runs the script again
    container: ContainerPlan
    read_timeout: int  # seconds
    acme_email: str | None  # None: the shop has no domain
    hosts: tuple[str, ...]  # the shop's names, its address first


class Traefik(pulumi.ComponentResource):
    """Write a file into k3s's manifests folder.

    A Kubernetes object would not do: k3s brings the kind HelmChartConfig itself, so it does not exist on a first
    preview.
    """

    def __init__(self, name: str, args: TraefikArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:k3s:Traefik", name, None, opts)
        variables = {"SERVER_ID": args.server_id, "MANIFEST": "traefik-config.yaml"}
        script = with_variables(load("manifest.sh"), variables)
        remote.Command(
            f"{name}-config",
            connection=args.connection,
            create=script,
            update=script,
            stdin=render_chart_config(
                args.container, args.acme_email, read_timeout=args.read_timeout, hosts=args.hosts
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def render_chart_config(
    container: ContainerPlan, acme_email: str | None, *, read_timeout: int, hosts: Sequence[str] = ()
) -> str:
    """Return the HelmChartConfig and its files.

    It uses only keys that mean the same in every chart that k3s 1.33 to 1.37 bundles.

    Args:
        container: requests and limits. Without requests, the scheduler does not count traefik.
        acme_email: contact for the certificates' issuer; None if the shop has no domain, and so no https.
        read_timeout: seconds until a request must have arrived with its body; traefik's own 60 would end a slow upload.
        hosts: the shop's names, its address first; the others redirect to it.
    """
    limits = {"memory": str(container.limits.memory)} if container.limits.memory else {}
    requests = {"cpu": str(container.requests.cpu), "memory": str(container.requests.memory)}
    values: dict[str, Any] = {
        "resources": {"requests": requests, "limits": limits},
        # With `Cluster`, every customer would seem to come from the cluster's own bridge (k3s#1652).
        "service": {"spec": {"externalTrafficPolicy": "Local"}},
        "ports": {
            name: {"transport": {"respondingTimeouts": {"readTimeout": f"{read_timeout}s"}}} for name in _ENTRY_POINTS
        },
    }
    if volumes := redirect_volumes(hosts):
        values["volumes"] = volumes
    if acme_email:
        values["additionalArguments"] = [*_TO_HTTPS, *redirect_arguments(hosts)]
        values["persistence"] = {"enabled": True, "size": "128Mi"}
        values["certificatesResolvers"] = {
            CERTIFICATE_RESOLVER: {
                "acme": {
                    "email": acme_email,
                    "storage": "/data/acme.json",
                    "httpChallenge": {"entryPoint": "web"},
                },
            },
        }
    document = {
        "apiVersion": "helm.cattle.io/v1",
        "kind": "HelmChartConfig",
        "metadata": {"name": "traefik", "namespace": _NAMESPACE},
        "spec": {"valuesContent": yaml.safe_dump(values, sort_keys=False)},
    }
    return yaml.safe_dump_all([*redirect_objects(hosts, _NAMESPACE), document], sort_keys=False)
