"""Every image that the stack and the cluster need: made on this machine, cached, served by a small registry."""

from lab.images.binary import binary_image
from lab.images.ensure import ensure_images, project_image
from lab.images.tags import overrides

__all__ = ["binary_image", "ensure_images", "overrides", "project_image"]
