"""Find the version lines that a stack runs, and warn about the ones that lose support."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from infra.stack_file.k3s_config import kubernetes_minor
from infra.stack_file.stack_config import StackConfig
from infra.stack_file.values.image_reference import parse_image
from infra.support.ends import DEBIAN, GRAFANA, KUBERNETES, POSTGRES, PROMETHEUS, REDIS, end_of, ended_by
from infra.versions import DEBIAN as INSTALLED_DEBIAN
from infra.versions import IMAGES, K3S_STEPS, K3S_VERSION

WARN_DAYS = 60  # two months before the end leave time for an update at a quiet hour
# Product, and the number of version parts that name a line, by the image's name.
_LINES = {"postgres": (POSTGRES, 1), "redis": (REDIS, 2), "prometheus": (PROMETHEUS, 2), "grafana": (GRAFANA, 2)}


def support_warnings(config: StackConfig, today: date) -> tuple[str, ...]:
    """Return one warning for each line of versions that gets no fixes any more, or only for WARN_DAYS.

    Args:
        config: The stack file, with the k3s that its servers run.
        today: The date with which the ends are compared.
    """
    return tuple(line for product, cycle, mend in _running(config) if (line := warning_of(product, cycle, mend, today)))


def k3s_warning(release: str, today: date) -> str | None:
    """Return the warning for one release of k3s, or None if it gets fixes for longer than WARN_DAYS.

    Args:
        release: The release as `k3s --version` prints it.
        today: The date with which its end is compared.
    """
    minor = kubernetes_minor(release)
    return warning_of(KUBERNETES, f"1.{minor}", _next_step(release), today) if minor else None


def warning_of(product: str, cycle: str, mend: str, today: date) -> str | None:
    """Return the warning for one line of versions, or None if there is nothing to warn of.

    Args:
        product: A product of the table.
        cycle: The line, for example 8.2.
        mend: The sentence that tells people what to do.
        today: The date with which the end is compared.
    """
    row, latest = end_of(product, cycle), ended_by(product, cycle)
    if latest and latest < today:
        return f"{product} {cycle} has had no fixes since {latest} or longer. {mend}"
    if row is None or (row.ends - today).days > WARN_DAYS:
        return None
    if row.ends < today:
        return f"{product} {cycle} has had no fixes since {row.ends}. {mend}"
    left = (row.ends - today).days
    more = {0: "that is today", 1: "one day more"}.get(left, f"{left} days more")
    return f"{product} {cycle} gets fixes until {row.ends}, {more}. {mend}"


def _running(config: StackConfig) -> Iterator[tuple[str, str, str]]:
    """Yield product, line and advice for everything that runs; an image whose tag names no version is skipped."""
    release = config.k3s.release
    if minor := kubernetes_minor(release):
        yield KUBERNETES, f"1.{minor}", _next_step(release)
    for name, (product, numbers) in _LINES.items():
        if name == "grafana" and not config.monitoring.grafana:
            continue
        tag = parse_image(config.images.get(name, IMAGES[name])).tag
        found = re.match(r"v?(\d+(?:\.\d+)*)", tag)
        if found:
            own = f"Change stagecoach:images.{name}" if name in config.images else "Update the checkout"
            yield product, ".".join(found[1].split(".")[:numbers]), f"{own}: this checkout ships {IMAGES[name]}"
    yield DEBIAN, INSTALLED_DEBIAN, "Update the checkout; docs/how-to/patches.md says what a running server gets"


def _next_step(release: str) -> str:
    minor = kubernetes_minor(release)
    if minor >= max(K3S_STEPS):
        return f"Update the checkout: this one knows nothing newer than {K3S_VERSION}"
    step = K3S_STEPS.get(minor + 1)
    if step is None:
        return f"This checkout has no step from 1.{minor}; docs/how-to/upgrade-k3s.md says what to do"
    return f"Set stagecoach:k3s.version to {step}; docs/how-to/upgrade-k3s.md has the steps"
