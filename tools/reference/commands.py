"""docs/reference/commands.md: `python -m infra` and the make targets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import typer.main
from typer.core import TyperArgument, TyperGroup, TyperOption

from infra.cli.app import app
from tools.reference.markdown import code, page, sentence, table

MAKEFILE = Path(__file__).resolve().parents[2] / "Makefile"
_TARGET = re.compile(r"^([a-z-]+):.*## (.*)$", re.MULTILINE)
_VARIABLE = re.compile(r"^([A-Z_0-9]+) [?:]= (.+)$", re.MULTILINE)
_VARIABLES = {
    "STACK": "which stack file the lab builds",
    "PROVIDER": "which cloud the lab plays",
    "LAB_NAME": "which lab; each has a state of its own",
    "PYTHON3": "the Python that makes the virtual environment",
}
_INTRO = """\
Exit codes: 0 ok; 1 refused (the input is valid, what it asks for is not); 2 wrong input. \
Every problem is listed at once, with what to do. No command needs credentials or the engine unless it says so."""


def commands_page() -> str:
    """The page's text."""
    return page("Commands", "## python -m infra", _INTRO, *_commands(), *_targets())


def _commands() -> Iterator[str]:
    group = typer.main.get_command(app)
    if not isinstance(group, TyperGroup):
        raise TypeError("infra.cli.app has one command: Typer makes no group of it without a callback")
    for name, command in sorted(group.commands.items()):
        if isinstance(command, TyperGroup):
            raise TypeError(f"{name} has commands below it: this page knows none such")
        yield f"### {name}"
        yield sentence(" ".join((command.help or "").split()))
        parameters = [one for one in command.params if isinstance(one, TyperArgument | TyperOption)]
        if parameters:
            yield table(("option", "default", "what it does"), (_row(one) for one in parameters if not one.hidden))


def _row(parameter: TyperArgument | TyperOption) -> list[str]:
    required = "required" if parameter.required else ""
    if isinstance(parameter, TyperArgument):
        return [code((parameter.name or "").upper()), required, parameter.help or ""]
    names = " ".join([*parameter.opts, *parameter.secondary_opts])
    named = parameter.show_default if isinstance(parameter.show_default, str) else parameter.default
    shown = required if named is None or parameter.is_flag else code(named)
    return [code(names), shown, parameter.help or ""]


def _targets() -> Iterator[str]:
    text = MAKEFILE.read_text()
    yield "## make"
    yield table(("target", "what it does"), ([code(f"make {name}"), what] for name, what in _TARGET.findall(text)))
    yield "Variables, for example `make up STACK=stage2`:"
    defaults = dict(_VARIABLE.findall(text))
    rows = [[code(name), code(defaults[name]), what] for name, what in _VARIABLES.items()]
    more = ["`STAGECOACH_CACHE`", "`~/.cache/stagecoach`", "the one folder for everything downloaded, built or kept"]
    yield table(("variable", "default", "what it is"), [*rows, more])
