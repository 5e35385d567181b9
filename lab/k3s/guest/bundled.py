"""What k3s itself deploys, under its own names, labels and requests."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from typing import Any

import yaml

from lab.k3s.guest.config import Config

_PACKAGE = "lab.k3s.guest"
_ALWAYS = ("rolebindings", "helm-crds")
# By the word that `disable` has for them.
_BUNDLED = ("coredns", "local-storage", "metrics-server", "servicelb", "traefik")


def render(config: Config, resources: dict[str, Any]) -> dict[str, str]:
    """Texts by file name, without what is disabled; `resources` are those of traefik's container."""
    names = [*_ALWAYS, *(name for name in _BUNDLED if name not in unwanted(config))]
    texts = {f"{name}.yaml": _fill(_read(name), config) for name in names}
    if resources and "traefik.yaml" in texts:
        texts["traefik.yaml"] = with_resources(texts["traefik.yaml"], resources)
    return texts


def unwanted(config: Config) -> tuple[str, ...]:
    """Without traefik there is no Service for the load balancer to carry."""
    return (*config.disabled, *(("servicelb",) if "traefik" in config.disabled else ()))


def with_resources(text: str, resources: dict[str, Any]) -> str:
    """The Deployment's container with these requests and limits."""
    documents = list(yaml.safe_load_all(text))
    for one in documents:
        if one["kind"] == "Deployment":
            one["spec"]["template"]["spec"]["containers"][0]["resources"] = resources
    return yaml.safe_dump_all(documents, sort_keys=False)


def traefik_resources(manifests: Iterable[str]) -> dict[str, Any]:
    """What HelmChartConfigs say of traefik's container; a text that is no YAML says nothing."""
    found: dict[str, Any] = {}
    for text in manifests:
        try:
            documents = [one for one in yaml.safe_load_all(text) if isinstance(one, dict)]
            for one in documents:
                if one.get("kind") == "HelmChartConfig" and one.get("metadata", {}).get("name") == "traefik":
                    values = yaml.safe_load(one.get("spec", {}).get("valuesContent", "")) or {}
                    found = values.get("resources") or found
        except (yaml.YAMLError, AttributeError):
            continue
    return found


def _read(name: str) -> str:
    data = pkgutil.get_data(_PACKAGE, f"manifests/{name}.yaml")
    if data is None:
        raise FileNotFoundError(name)
    return data.decode()


def _fill(text: str, config: Config) -> str:
    values = {
        "CLUSTER_DNS": config.cluster_dns,
        "CLUSTER_DOMAIN": config.cluster_domain,
        "DEFAULT_LOCAL_STORAGE_PATH": config.local_storage_path,
    }
    for key, value in values.items():
        text = text.replace(f"%{{{key}}}%", value)
    return text
