"""List the outputs of a stack; the reference page prints them, and a test compares them with the program."""

from __future__ import annotations

OUTPUTS: dict[str, str] = {
    "url": "where the shop answers",
    "public_ip": "the address that survives every change of the server; the shop's DNS record names it",
    "kubeconfig": "the administrator's access to the cluster; its certificate is valid for a year",
    "host_key": "the server's public SSH key, for `known_hosts`",
    "name": "the deployment's name",
    "stage": "the customer tier that was built last",
    "provider": "the cloud",
    "region": "the provider's region or location",
    "instance_type": "the server's type",
    "volume_size_gib": "the data volume's size",
    "certificates": "how the certificate of each name stood when its update ended, and whether the shop redirects in a "
    "circle; where the shop has a `domain`",
    "grafana": "how to reach Grafana, where `monitoring.grafana` is on",
    "version": "the program that updated the stack last; an older one is refused",
    "k3s_version": "the release of k3s on its servers",
}

SECRET_OUTPUTS = ("kubeconfig",)
