"""k3s's ingress controller: its resources, and certificates where a domain is set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import yaml
from pulumi_command import remote

from infra.components.redirects import redirect_values
from infra.components.scripts import load, with_variables
from infra.sizing.plan import ContainerPlan

CERTIFICATE_RESOLVER = "letsencrypt"


@dataclass(frozen=True, kw_only=True)
class TraefikArgs:
    """Inputs of `Traefik`."""

    connection: remote.ConnectionArgs
    server_id: pulumi.Input[str]  # another server runs the script again
    container: ContainerPlan
    acme_email: str | None
    hosts: tuple[str, ...]  # the shop's, its address first


class Traefik(pulumi.ComponentResource):
    """A file in k3s's manifests folder: the HelmChartConfig kind is k3s's own and not there on a first preview."""

    def __init__(self, name: str, args: TraefikArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:k3s:Traefik", name, None, opts)
        variables = {"SERVER_ID": args.server_id, "MANIFEST": "traefik-config.yaml"}
        script = with_variables(load("manifest.sh"), variables)
        remote.Command(
            f"{name}-config",
            connection=args.connection,
            create=script,
            update=script,
            stdin=render_chart_config(args.container, args.acme_email, args.hosts),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def render_chart_config(container: ContainerPlan, acme_email: str | None, hosts: Sequence[str] = ()) -> str:
    """The HelmChartConfig: without requests traefik is invisible to the scheduler."""
    limits = {"memory": str(container.limits.memory)} if container.limits.memory else {}
    requests = {"cpu": str(container.requests.cpu), "memory": str(container.requests.memory)}
    values: dict[str, Any] = {"resources": {"requests": requests, "limits": limits}, **redirect_values(hosts)}
    if acme_email:
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
        "metadata": {"name": "traefik", "namespace": "kube-system"},
        "spec": {"valuesContent": yaml.safe_dump(values, sort_keys=False)},
    }
    return yaml.safe_dump(document, sort_keys=False)
