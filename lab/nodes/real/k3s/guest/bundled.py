"""What k3s itself deploys, under its own names, labels and requests."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from lab.nodes.real.k3s.guest.config import Config
from lab.nodes.real.k3s.guest.traefik.authority import with_authority
from lab.nodes.real.k3s.guest.traefik.chart import chart, given_values
from lab.nodes.real.k3s.guest.traefik.values import Values

TRAEFIK_IMAGE = "lab.stagecoach.dev/lab/traefik:3.7.13"
_PACKAGE = "lab.nodes.real.k3s.guest"
_ALWAYS = ("rolebindings", "helm-crds")
# By the word that `disable` has for them.
_BUNDLED = ("coredns", "local-storage", "metrics-server", "servicelb")
_TRAEFIK = ("traefik-crd", "traefik")


def render(config: Config) -> dict[str, str]:
    """Texts by file name, without what is disabled, and without traefik's."""
    names = [*_ALWAYS, *(name for name in _BUNDLED if name not in unwanted(config))]
    return {f"{name}.yaml": _fill(_read(name), config) for name in names}


def render_traefik(config: Config, given: list[Values], share: Path) -> dict[str, str]:
    """Texts of traefik's files by name; none where it is disabled.

    Args:
        config: k3s's.
        given: Values of the HelmChartConfigs.
        share: The folder with the files of traefik's module, and the certificate of the lab's ACME server.

    Raises:
        ChartError: the chart, or the lab, does not take the values.
    """
    if "traefik" in config.disabled:
        return {}
    objects = with_authority(chart(TRAEFIK_IMAGE, *given), (share / "authority.pem").read_text())
    texts = [_read("traefik"), _role((share / "traefik-rbac.yaml").read_text())]
    texts.append(yaml.safe_dump_all(objects, sort_keys=False))
    return {"traefik-crd.yaml": (share / "traefik-crd.yaml").read_text(), "traefik.yaml": "---\n".join(texts)}


def unwanted(config: Config) -> tuple[str, ...]:
    """Names of files that are removed with their objects: without traefik there are none of its kinds either."""
    return (*config.disabled, *(_TRAEFIK if "traefik" in config.disabled else ()))


def traefik_values(manifests: Iterable[str]) -> list[Values]:
    """Values of every HelmChartConfig of traefik; a text that is no YAML says nothing.

    Raises:
        ChartError: a HelmChartConfig holds no mapping of values.
    """
    documents: list[dict[str, Any]] = []
    for text in manifests:
        if "HelmChartConfig" not in text:  # parsing all of them takes seconds
            continue
        try:
            documents += [one for one in yaml.safe_load_all(text) if isinstance(one, dict)]
        except yaml.YAMLError:
            continue
    return given_values(documents)


def _role(text: str) -> str:
    """The rules of traefik's module under the chart's name."""
    (role,) = (one for one in yaml.safe_load_all(text) if one["kind"] == "ClusterRole")
    return yaml.safe_dump({**role, "metadata": {"name": "traefik-kube-system"}}, sort_keys=False)


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
