"""docs/reference/outputs.md: what a stack exports."""

from __future__ import annotations

from infra.program.outputs import OUTPUTS, SECRET_OUTPUTS
from tools.reference.markdown import code, page, table

_INTRO = "`pulumi stack output -s stage1` prints them; a secret one needs its name and `--show-secrets`."


def outputs_page() -> str:
    """The page's text."""
    rows = ([code(name), "yes" if name in SECRET_OUTPUTS else "no", text] for name, text in OUTPUTS.items())
    return page("Outputs", _INTRO, table(("output", "secret", "what it is"), rows))
