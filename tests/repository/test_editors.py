""".editorconfig and .pre-commit-config.yaml: the files keep the one, the other runs what `make check` runs."""

import configparser
import re
import subprocess
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
TRACKED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
    cwd=REPOSITORY,
    capture_output=True,
    text=True,
    check=True,
).stdout.splitlines()
FILES = [path for path in TRACKED if (REPOSITORY / path).is_file()]
BYTES = {path: (REPOSITORY / path).read_bytes() for path in FILES}
TEXTS = {path: text for path, text in BYTES.items() if b"\0" not in text}  # a picture has zeros


def sections():
    """Glob -> settings, in the order of the file."""
    parser = configparser.ConfigParser()
    parser.read_string("[top]\n" + (REPOSITORY / ".editorconfig").read_text())
    return {name: dict(parser[name]) for name in parser.sections() if name != "top"}


def expression(glob):
    """A glob as a regular expression: one without a slash is for files of every folder."""
    parts = {"*": "[^/]*", "{": "(?:", "}": ")", ",": "|"}
    text = "".join(parts.get(one) or re.escape(one) for one in glob)
    return text if "/" in glob else f"(?:.*/)?{text}"


def setting(path, key):
    """The last section that fits decides."""
    found = [one[key] for glob, one in sections().items() if key in one and re.fullmatch(expression(glob), path)]
    return found[-1] if found else None


class TestEditorconfig:
    @pytest.mark.parametrize("glob", sections())
    def test_every_section_is_for_something(self, glob):
        assert any(re.fullmatch(expression(glob), path) for path in FILES)

    def test_files_end_with_a_line_feed(self):
        assert [path for path, text in TEXTS.items() if text and not text.endswith(b"\n")] == []

    def test_no_blanks_at_the_end_of_a_line(self):
        assert [path for path, text in TEXTS.items() if re.search(rb"(?m)[ \t\r]+$", text)] == []

    def test_utf_8(self):
        for path, text in TEXTS.items():
            assert text.decode(errors="replace").encode() == text, path

    def test_no_tab_where_blanks_are_said(self):
        """Python's are ruff's matter, which leaves a text in a string alone."""
        wrong = [path for path, text in TEXTS.items() if re.search(rb"(?m)^ *\t", text) and path[-3:] != ".py"]
        assert [path for path in wrong if setting(path, "indent_style") != "tab"] == []

    def test_the_line_of_python_is_ruffs(self):
        said = re.search(r"^line-length = (\d+)$", (REPOSITORY / "pyproject.toml").read_text(), re.MULTILINE)
        assert setting("infra/names.py", "max_line_length") == said[1]


class TestPreCommit:
    def test_the_hooks_are_the_checks_of_make(self):
        """The same ruff with the same arguments, over everything."""
        hooks = [
            hook
            for repo in yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text())["repos"]
            for hook in repo["hooks"]
        ]
        makefile = (REPOSITORY / "Makefile").read_text()
        recipe = makefile.split("\ncheck: ", 1)[1].split("\n\n", 1)[0]
        checks = re.findall(r"^\t@(\S+/ruff .*)$", recipe, re.MULTILINE)
        assert [hook["entry"] for hook in hooks] == checks
        assert len(checks) == 2
        assert all(hook["pass_filenames"] is False for hook in hooks)

    def test_nothing_is_downloaded(self):
        """A hook of another repository, or one of another language, would make an environment of its own."""
        repos = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text())["repos"]
        assert {repo["repo"] for repo in repos} == {"local"}
        assert {hook["language"] for repo in repos for hook in repo["hooks"]} == {"system"}
