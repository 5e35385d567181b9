"""`python -m tools.pictures`: writes the README's pictures, docs/images/*.svg, from the real output."""

from __future__ import annotations

from collections.abc import Iterable
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

from infra.cli.sides import with_stage
from infra.planner.plan_for import plan_for
from infra.report.plan_text import print_plan
from infra.stack_file.reader.parse import parse_stack_file
from tools.reference.pull_request import READ, comment

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDER = REPOSITORY / "docs" / "images"
_WIDTH = 110  # characters
_LINES = 46  # of the comment; the rest of it is folded or below
# Rich's own, without the font that it loads from the network: a page of GitHub's loads none.
_SVG = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: {char_height}px; \
line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: Arial, sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def pictures() -> dict[str, str]:
    """Return each picture's SVG by its file name."""
    return {
        "plan.svg": _picture("python -m infra plan --stage 2", "plan", _plan()),
        "pull-request.svg": _picture("The comment of a pull request from stage 1 to stage 2", "comment", _comment()),
    }


def _plan() -> Iterable[Text]:
    """Yield the lines up to the verdict; contracts and departures follow it."""
    console = _console()
    print_plan(plan_for(with_stage(parse_stack_file(REPOSITORY / "Pulumi.stage1.yaml"), 2, None), today=READ), console)
    for line in _printed(console):
        yield line
        if line.plain.startswith("It fits."):
            return


def _comment() -> Iterable[Text]:
    """Yield the first lines, as a terminal shows Markdown."""
    console = _console()
    console.print(Markdown(comment()))
    return [line for line in _printed(console) if not line.plain.strip().startswith("<")][:_LINES]


def _console(*, record: bool = False) -> Console:
    """Return one that prints the same whatever the environment says."""
    return Console(
        width=_WIDTH,
        file=StringIO(),
        record=record,
        force_terminal=True,
        no_color=False,
        color_system="truecolor",
    )


def _printed(console: Console) -> list[Text]:
    assert isinstance(console.file, StringIO)  # noqa: S101  made above
    return [Text.from_ansi(line) for line in console.file.getvalue().split("\n")]


def _picture(title: str, name: str, lines: Iterable[Text]) -> str:
    console = Console(
        width=_WIDTH, file=StringIO(), record=True, force_terminal=True, no_color=False, color_system="truecolor"
    )
    for line in lines:
        console.print(line, no_wrap=True, overflow="crop")
    made = console.export_svg(title=title, theme=SVG_EXPORT_THEME, code_format=_SVG, unique_id=name)
    return "".join(f"{line.rstrip()}\n" for line in made.split("\n") if line.strip())


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pictures().items():
        (FOLDER / name).write_text(text)
