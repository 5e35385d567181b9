"""docs/reference/support.md: how long what the stack runs gets fixes."""

from __future__ import annotations

from infra.support.ends import ENDS
from infra.support.running import WARN_DAYS
from infra.versions import DEBIAN, IMAGES, K3S_SHA256, K3S_STEPS, K3S_VERSION
from tools.reference.markdown import code, page, table

_INTRO = f"""\
`plan`, `doctor`, every update and the comment of a pull request warn {WARN_DAYS} days before the end of a line that \
the stack runs. The rows are data in `infra/support/ends.py`."""


def support_page() -> str:
    """The page's text."""
    steps = ([f"1.{minor}", code(release)] for minor, release in K3S_STEPS.items())
    shipped = [f"- {name}: {code(IMAGES[name])}" for name in ("postgres", "redis", "prometheus", "grafana")]
    products = dict.fromkeys(one.product for one in ENDS)
    return page(
        "Ends of support",
        _INTRO,
        "## What a new stack gets",
        "\n".join([f"- k3s: {code(K3S_VERSION)}, SHA-256 {code(K3S_SHA256)}", *shipped, f"- servers: Debian {DEBIAN}"]),
        "## Releases of k3s, minor by minor",
        "[An update](../how-to/upgrade-k3s.md) goes from one row to the next.",
        table(("Kubernetes", "release"), steps),
        "## Ends",
        *(block for product in products for block in _product(product)),
    )


def _product(product: str) -> list[str]:
    rows = [one for one in ENDS if one.product == product]
    sources = dict.fromkeys(f"As of {one.as_of}. Source: {one.source}." for one in rows)
    return [table((product, "fixes until"), ([one.cycle, str(one.ends)] for one in rows)), *sources]
