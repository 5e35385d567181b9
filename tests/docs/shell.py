"""Plays a page as its reader would: one shell after the other, with what was exported and where it stood."""

import os
import subprocess
import sys
from pathlib import Path

import yaml

from tests.docs.page import matches, read_blocks
from tests.waiting import patience

_KEEP = '\nenv -0 >"$TEST_KEPT/environment"\npwd >"$TEST_KEPT/folder"\n'
_LIMIT = 600  # seconds for one block


class Shell:
    """Runs blocks of commands; environment and folder go on from block to block."""

    def __init__(self, folder, environment, kept):
        self.folder, self.kept = Path(folder), Path(kept)
        self.environment = {**environment, "TEST_KEPT": str(kept)}

    def run(self, text):
        """Output and exit code; a command that fails ends the block."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text + _KEEP],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=patience(_LIMIT),
        )
        if done.returncode == 0:
            lines = (self.kept / "environment").read_bytes().split(b"\0")
            pairs = (os.fsdecode(line).partition("=") for line in lines if line)
            self.environment = {name: value for name, _, value in pairs}
            self.folder = Path((self.kept / "folder").read_text().strip())
        return done.returncode, done.stdout


def play(page, shell, *, since="", until=""):
    """Runs a page, or a part between headings; stops at the first block that does not do what the page says."""
    output = ""
    first, last = _line(page, since, 0), _line(page, until, sys.maxsize)
    for block in read_blocks(page):
        if not first < block.line < last:
            continue
        where = f"{page.name}:{block.line}"
        verb, _, rest = block.order.partition(" ")
        if verb == "skip:":
            output = None
        elif verb in ("write", "merge", "patch"):
            _EDITS[verb](shell.folder, rest, block.text)
        elif block.language == "sh":
            code, output = shell.run(block.text)
            assert (code != 0) == (verb == "fails"), f"{where}: exit code {code}\n{block.text}\n{output[-6000:]}"
        elif block.language == "text" and output is not None:
            assert matches(block.text, output), f"{where}: not printed\n{block.text}\n---\n{output[-6000:]}"
        else:
            assert block.language != "console", f"{where}: commands stand in `sh` blocks"


def _line(page, heading, otherwise):
    return page.read_text().splitlines().index(heading) + 1 if heading else otherwise


def _write(folder, name, text):
    (folder / name).write_text(text + "\n")


def _merge(folder, name, text):
    """Keys of the block replace the file's (or go into a copy of another); its encryption salt and the rest stay."""
    name, _, source = name.partition(" from ")
    path = folder / name
    content = yaml.safe_load((folder / (source or name)).read_text())
    content["config"] = {**content["config"], **yaml.safe_load(text)["config"]}
    path.write_text(yaml.safe_dump(content, sort_keys=False))


def _patch(folder, name, text):
    path = folder / name
    lines = text.splitlines()
    old, new = ("\n".join(line[1:] for line in lines if line[0] in marks) for marks in (" -", " +"))
    content = path.read_text()
    assert content.count(old) == 1, f"{name} has this {content.count(old)} times:\n{old}"
    path.write_text(content.replace(old, new))


_EDITS = {"write": _write, "merge": _merge, "patch": _patch}
