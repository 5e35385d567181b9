"""The table of ends of support: whole, dated, sourced, and what a new stack gets is in it."""

from datetime import date

import pytest

from infra.stack_file.values.image_reference import parse_image
from infra.support.ends import ENDS, GRAFANA, KUBERNETES, POSTGRES, PROMETHEUS, REDIS, end_of
from infra.versions import IMAGES, K3S_STEPS


@pytest.mark.parametrize("row", ENDS, ids=lambda row: f"{row.product} {row.cycle}")
def test_a_row(row):
    """A line stands once, with the day of its source; k3s's minors are Kubernetes'."""
    assert [one for one in ENDS if (one.product, one.cycle) == (row.product, row.cycle)] == [row]
    assert row.source
    assert date(2026, 8, 1) <= row.as_of <= date(2026, 11, 30)


@pytest.mark.parametrize(
    ("product", "image", "numbers"),
    [(POSTGRES, "postgres", 1), (REDIS, "redis", 2), (PROMETHEUS, "prometheus", 2), (GRAFANA, "grafana", 2)],
)
def test_what_is_shipped_is_in_it_and_supported(product, image, numbers):
    """On the day of its release; later `plan` warns, and no test does."""
    cycle = ".".join(parse_image(IMAGES[image]).tag.removeprefix("v").split("-")[0].split(".")[:numbers])
    assert end_of(product, cycle).ends > date(2026, 11, 30)


@pytest.mark.parametrize("minor", K3S_STEPS)
def test_every_step_of_k3s_is_in_it(minor):
    assert end_of(KUBERNETES, f"1.{minor}")


def test_an_unknown_line():
    assert end_of(KUBERNETES, "1.99") is None
