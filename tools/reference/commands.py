"""docs/reference/commands.md: `python -m infra` and the make targets."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import typer.main
from typer.core import TyperArgument, TyperGroup, TyperOption

from infra.cli.app import app
from tools.environment import promised
from tools.reference.markdown import code, page, sentence, table

MAKEFILE = Path(__file__).resolve().parents[2] / "Makefile"
_TARGET = re.compile(r"^([a-z-]+):.*## (.*)$", re.MULTILINE)
_VARIABLE = re.compile(r"^([A-Z_0-9]+) [?:]= (.+)$", re.MULTILINE)
_VARIABLES = {
    "STACK": "which stack file the lab builds",
    "PROVIDER": "which cloud the lab plays",
    "LAB_NAME": "which lab; each has a state of its own",
    "PYTHON3": f"a Python from 3.{promised()[0]} to 3.{promised()[-1]}; `.venv` keeps it until you name another",
}
_INTRO = """\
Run `python -m infra [OPTION] COMMAND ...` in the checkout's folder; `stagecoach` is a short name for it, there and in \
folders below. \
No command needs credentials or the engine unless it says so. Results go to standard output, what is wrong to \
standard error: every problem at once, each with its place, what is allowed and what to do. With `--json`, standard \
output is one JSON object. [The command line](../how-to/command-line.md) has completion and plain output."""
_EXIT_CODES = {
    "0": "ok",
    "1": "refused: the input is valid, what it asks for is not; `doctor`: something is missing",
    "2": "wrong input: a file that can't be used, an option that does not exist",
}
_ENVIRONMENT = {
    "NO_COLOR": "no colours, where it is not empty; the same as `--no-color`",
    "COLUMNS": "how wide tables are; without it the terminal's width, 80 where the output is no terminal",
    "HCLOUD_TOKEN, DIGITALOCEAN_TOKEN, VULTR_API_KEY": "the provider's token: `doctor` looks for it, `deploy` uses it",
    "PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE": "what decrypts the stack's secrets, as `pulumi` has it",
}


def commands_page() -> str:
    """The page's text."""
    group = _group()
    rows = ([f"[`{name}`](#{name})", sentence(_help(one))] for name, one in sorted(group.commands.items()))
    return page(
        "Commands",
        "## python -m infra",
        _INTRO,
        table(("command", "what it does"), rows),
        "### Options before the command",
        _options(group),
        "### Exit codes",
        table(("code", "meaning"), ([code(one), text] for one, text in _EXIT_CODES.items())),
        "### Environment",
        table(("variable", "what it does"), ([_names(one), text] for one, text in _ENVIRONMENT.items())),
        *_commands(group),
        *_targets(),
    )


def _names(variables: str) -> str:
    return ", ".join(map(code, variables.split(", ")))


def _group() -> TyperGroup:
    group = typer.main.get_command(app)
    if not isinstance(group, TyperGroup):
        raise TypeError("infra.cli.app has one command: Typer makes no group of it without a callback")
    below = [name for name, command in group.commands.items() if isinstance(command, TyperGroup)]
    if below:
        raise TypeError(f"{', '.join(below)} has commands below it: this page knows none such")
    return group


def _commands(group: TyperGroup) -> Iterator[str]:
    for name, command in sorted(group.commands.items()):
        yield f"### {name}"
        yield f"```text\n{_synopsis(name, command)}\n```"
        yield sentence(_help(command))
        yield _options(command)


def _help(command: Any) -> str:  # noqa: ANN401  Typer's own class of commands is not public
    return " ".join((command.help or "").split())


def _shown(command: Any) -> list[TyperArgument | TyperOption]:  # noqa: ANN401  as above
    return [one for one in command.params if isinstance(one, TyperArgument | TyperOption) and not one.hidden]


def _options(command: Any) -> str:  # noqa: ANN401  as above
    parameters = _shown(command)
    return table(("option", "default", "what it does"), map(_row, parameters)) if parameters else ""


def _synopsis(name: str, command: Any) -> str:  # noqa: ANN401  as above
    """What a man page begins with: required words, then optional ones in brackets."""
    words = []
    for one in sorted(_shown(command), key=lambda one: (one.nargs == -1, not one.required)):
        text = _metavar(one) if isinstance(one, TyperArgument) else " ".join(filter(None, (one.opts[0], _metavar(one))))
        # Another program's words come last: its options are its own.
        text = f"-- {text} ..." if one.nargs == -1 else text
        words.append((text if one.required else f"[{text}]") + (" ..." if one.multiple else ""))
    lines = textwrap.wrap(f"python -m infra {name} " + " ".join(map(_unbroken, words)), 100, break_on_hyphens=False)
    return "\n        ".join(lines).replace("\N{NO-BREAK SPACE}", " ")


def _unbroken(words: str) -> str:
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def _metavar(parameter: TyperArgument | TyperOption) -> str:
    """What stands for the value; nothing for a switch."""
    if isinstance(parameter, TyperArgument):
        return (parameter.name or "").upper()
    if parameter.is_flag:
        return ""
    kind = parameter.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "|".join(str(one.value) for one in kind)
    return max(parameter.opts, key=len).lstrip("-").replace("-", "_").upper()


def _row(parameter: TyperArgument | TyperOption) -> list[str]:
    required = "required" if parameter.required else ""
    text = " ".join(filter(None, ((parameter.help or "").strip(), _bounds(parameter))))
    if isinstance(parameter, TyperArgument):
        return [code(_metavar(parameter)), required, text]
    names = ", ".join(code(name) for name in sorted([*parameter.opts, *parameter.secondary_opts], key=len))
    value = _metavar(parameter)
    told = parameter.show_default if isinstance(parameter.show_default, str) else parameter.default
    default = "" if parameter.is_flag or told in (None, "") else code(_plain(told))
    return [f"{names} {code(value)}" if value else names, required or default, text]


def _plain(default: object) -> object:
    return default.value if isinstance(default, Enum) else default


def _bounds(parameter: TyperArgument | TyperOption) -> str:
    """A number's range; a choice's values stand in its name."""
    low, high = parameter.min, parameter.max
    if low is not None and high is not None:
        return f"{low:,} to {high:,}."
    return f"{low:,} or more." if low is not None else ""


def _targets() -> Iterator[str]:
    text = MAKEFILE.read_text()
    yield "## make"
    yield table(("target", "what it does"), ([code(f"make {name}"), what] for name, what in _TARGET.findall(text)))
    yield "Variables, for example `make up STACK=stage2`:"
    defaults = dict(_VARIABLE.findall(text))
    rows = [[code(name), code(defaults[name]), what] for name, what in _VARIABLES.items()]
    more = ["`STAGECOACH_CACHE`", "`~/.cache/stagecoach`", "the one folder for everything downloaded, built or kept"]
    yield table(("variable", "default", "what it is"), [*rows, more])
