"""Images of what k3s bundles: each a single program of the lab's own builds."""

from __future__ import annotations

from dataclasses import dataclass

from lab.images.binary import binary_image
from lab.images.ensure import ensure_images
from lab.images.store import Image
from lab.toolchain.build import ensure
from lab.toolchain.programs import (
    COREDNS,
    COREDNS_VERSION,
    LOCAL_PATH,
    LOCAL_PATH_VERSION,
    METRICS_SERVER,
    METRICS_SERVER_VERSION,
    TRAEFIK,
    TRAEFIK_VERSION,
    Program,
)

# Made from Debian's packages: the pods' first process, the helper of local-path, the load balancer's pods.
DEBIAN_IMAGES = ("lab/pause:0.2.1", "lab/busybox:1.37", "lab/service-lb:1.8.11")
_ROOT = "0:0"  # it makes folders of other users


@dataclass(frozen=True, kw_only=True)
class Bundled:
    """A program and the name of its image in the lab's registry."""

    image: str
    program: Program
    user: str = "65534:65534"


BUNDLED = (
    Bundled(image=f"lab/coredns:{COREDNS_VERSION}", program=COREDNS),
    Bundled(image=f"lab/metrics-server:{METRICS_SERVER_VERSION}", program=METRICS_SERVER),
    Bundled(image=f"lab/local-path-provisioner:{LOCAL_PATH_VERSION}", program=LOCAL_PATH, user=_ROOT),
    Bundled(image=f"lab/traefik:{TRAEFIK_VERSION}", program=TRAEFIK),
)


def ensure_cluster_images() -> list[Image]:
    """Every image that lab/nodes/real/k3s/guest/manifests and containerd name; made where a program changed.

    Raises:
        StagecoachError: a build failed.
    """
    made = [binary_image(one.image, ensure(one.program), base="scratch", user=one.user) for one in BUNDLED]
    return [*ensure_images(DEBIAN_IMAGES), *made]
