"""Lock files: hashes, pins, and that they hold for every Python that pyproject.toml promises."""

import functools
import os
import re
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lab.paths import cache_root
from tests.tools.pythons import pythons
from tools.environment import promised

REPOSITORY = Path(__file__).resolve().parents[2]
PATTERNS = ("requirements.in", "requirements/*.in", "examples/*/*.in")
ALL = [str(path.relative_to(REPOSITORY).with_suffix("")) for one in PATTERNS for path in sorted(REPOSITORY.glob(one))]
# The others have an environment of their own.
INSTALLED_HERE = [name for name in ALL if name not in ("requirements/checkov", "requirements/scanners")]
PYTHONS = [f"3.{minor}.{patch}" for minor in promised() for patch in (0, 99)]
SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
    "macos": {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
}
LINE = re.compile(r"[a-z0-9][a-z0-9.-]*==[^ ;]+( ; [^\\]+)?( --hash=sha256:[0-9a-f]{64})+")


def lines(path):
    """Without comments; what goes on behind a backslash is one."""
    text = (REPOSITORY / path).read_text().replace("\\\n", "")
    return [" ".join(line.split()) for line in re.sub(r"(?m)(^|\s)#.*$", "", text).splitlines() if line.strip()]


def wanted(path):
    """Requirements of an .in file and of those that it names; a lock that it names has its own test."""
    for line in lines(path):
        if not line.startswith("-r "):
            yield Requirement(line)
        elif line.endswith(".in"):
            yield from wanted(Path(path).parent / line.removeprefix("-r "))


def pinned(path):
    return [Requirement(line.partition(" --hash")[0]) for line in lines(path)]


@pytest.mark.parametrize("name", ALL)
class TestText:
    def test_every_line_has_hashes_and_nothing_else(self, name):
        """No index, no folder of wheels: where packages come from is the machine's own matter."""
        found = lines(f"{name}.txt")
        assert len(found) > 5
        assert [line for line in found if not LINE.fullmatch(line)] == []
        assert "://" not in (REPOSITORY / f"{name}.txt").read_text()

    def test_every_pin_is_kept(self, name):
        asked = [one for one in wanted(f"{name}.in") if str(one.specifier).startswith("==")]
        locked = {(canonicalize_name(one.name), str(one.specifier)) for one in pinned(f"{name}.txt")}
        assert asked
        assert [str(one) for one in asked if (canonicalize_name(one.name), str(one.specifier)) not in locked] == []


def environment(python, system):
    """What a marker is evaluated under."""
    return {
        **default_environment(),
        **SYSTEMS[system],
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "implementation_version": python,
    }


@functools.cache
def required(name):
    """An installed distribution's requirements; one that is for other Pythons is not here."""
    try:
        return [Requirement(one) for one in metadata.requires(name) or ()]
    except metadata.PackageNotFoundError:
        return []


def holds(requirement, surroundings, extras=("",)):
    """Whether it is asked for under these markers."""
    return requirement.marker is None or any(
        requirement.marker.evaluate({**surroundings, "extra": extra}) for extra in extras
    )


def unmet(roots, lock, surroundings):
    """Requirements that the lock does not meet under these markers, found from the .in file's on."""
    versions = {canonicalize_name(one.name): one.specifier for one in lock if holds(one, surroundings)}
    todo, seen, missing = [(one, "the .in file") for one in roots], set(), []
    while todo:
        asked, by = todo.pop()
        name = canonicalize_name(asked.name)
        if (name, frozenset(asked.extras)) in seen:
            continue
        seen.add((name, frozenset(asked.extras)))
        version = str(versions.get(name, "")).removeprefix("==")
        if not version or not asked.specifier.contains(version, prereleases=True):
            missing.append(f"{by} asks for {asked}, the lock has {version or 'nothing'}")
        more = [one for one in required(name) if holds(one, surroundings, ("", *asked.extras))]
        todo += [(one, name) for one in more]
    return missing


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", INSTALLED_HERE)
def test_a_promised_python_finds_all_it_needs(name, python, system):
    """By what the installed packages ask for, under the markers of that Python."""
    roots = [*wanted(f"{name}.in"), *(wanted("requirements.in") if name == "requirements/dev" else ())]
    assert unmet(roots, pinned(f"{name}.txt"), environment(python, system)) == []


def test_a_lock_of_one_python_is_found_out():
    """The fault that this is for: redis asks for async-timeout below 3.11.3 only."""
    short = [one for one in pinned("requirements/dev.txt") if one.name != "async-timeout"]
    roots = list(wanted("requirements/dev.in"))
    found = unmet(roots, short, environment("3.11.2", "linux"))
    assert found == ['redis asks for async-timeout>=4.0.3; python_full_version < "3.11.3", the lock has nothing']
    assert unmet(roots, short, environment("3.11.3", "linux")) == []


@pytest.fixture
def folder(tmp_path):
    """Gone afterwards: an environment has hundreds of megabytes.  What pip keeps is shared."""
    pip = cache_root() / "pip"
    pip.mkdir(parents=True, exist_ok=True)
    (tmp_path / "pip").symlink_to(pip)
    yield tmp_path / "made"
    shutil.rmtree(tmp_path / "made", ignore_errors=True)


def run(home, *command):
    """checkov notes in the home directory when it last asked for a newer version."""
    environ = {**os.environ, "HOME": str(home)}
    done = subprocess.run(list(map(str, command)), cwd=REPOSITORY, env=environ, capture_output=True, check=False)
    assert done.returncode == 0, f"{command}\n{(done.stdout + done.stderr).decode()}"


@pytest.mark.proof
@pytest.mark.parametrize("minor", promised())
def test_every_promised_python_of_this_machine(minor, folder, tmp_path):
    """Both environments install, nothing in them is missing or contradicts, and each one's program runs."""
    found = pythons(minor)
    assert found, f"there is no Python 3.{minor} here"
    plan = ("infra", "plan", "--stage", "1", "--provider", "hetzner")
    for version, python in sorted(found.items()):
        print(f"Python {version}: {python}")
        for lock, program in (("requirements/dev.txt", plan), ("requirements/checkov.txt", ("checkov.main", "-v"))):
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([python, "tools/environment.py", str(folder), lock], cwd=REPOSITORY, check=True)
            own = folder / "bin" / "python"
            run(tmp_path, own, "-m", "pip", "check")
            run(tmp_path, own, "-m", *program)
