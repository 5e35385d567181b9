"""k3s's ingress controller: its resources, how it takes requests, and certificates where a domain is set."""

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
# As arguments of traefik itself: the chart's key for it moved between the versions that k3s bundles (v37: ports.web.
# redirections, v39: ports.web.http.redirections), and a key that a chart does not know is passed over without a word.
# ACME's http-01 is answered before it: traefik's own router for it comes first.
_TO_HTTPS = tuple(
    f"--entrypoints.web.http.redirections.entrypoint.{one}" for one in ("to=:443", "scheme=https", "permanent=true")
)


@dataclass(frozen=True, kw_only=True)
class TraefikArgs:
    """Inputs of `Traefik`."""

    connection: remote.ConnectionArgs
    server_id: pulumi.Input[str]  # another server runs the script again
    container: ContainerPlan
    read_timeout: int  # seconds
    acme_email: str | None  # None: the shop has no domain
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
            stdin=render_chart_config(
                args.container, args.acme_email, read_timeout=args.read_timeout, hosts=args.hosts
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def render_chart_config(
    container: ContainerPlan, acme_email: str | None, *, read_timeout: int, hosts: Sequence[str] = ()
) -> str:
    """The HelmChartConfig, with keys that mean the same in every chart that k3s 1.33 to 1.37 bundles, and its files.

    Args:
        container: Requests and limits: without requests traefik is invisible to the scheduler.
        acme_email: Contact of the certificates' issuer; None where the shop has no domain, and no https.
        read_timeout: Seconds until a request must have arrived with its body; traefik's own 60 end a slow upload.
        hosts: The shop's names, its address first; the others are redirected to it.
    """
    limits = {"memory": str(container.limits.memory)} if container.limits.memory else {}
    requests = {"cpu": str(container.requests.cpu), "memory": str(container.requests.memory)}
    values: dict[str, Any] = {
        "resources": {"requests": requests, "limits": limits},
        # With `Cluster` every customer has the address of the cluster's own bridge (k3s#1652).
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
