"""zizmor and detect-secrets in an environment of their own, made once for each lock file."""

import hashlib
import platform
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

from lab.paths import cache_root

REPOSITORY = Path(__file__).resolve().parents[2]
LOCK_FILE = "requirements/scanners.txt"


def environment():
    """Keyed by the Python and the lock file."""
    digest = hashlib.sha256((REPOSITORY / LOCK_FILE).read_bytes()).hexdigest()[:12]
    return cache_root() / f"scanners-{platform.python_version()}-{digest}"


def scanner(name):
    """A scanner's path; shows what it installs."""
    command = [sys.executable, "tools/environment.py", str(environment()), LOCK_FILE]
    subprocess.run(command, cwd=REPOSITORY, check=True)
    return environment() / "bin" / name


def accepted(name):
    """Check -> place (with wildcards) -> reason."""
    return yaml.safe_load(Path(__file__).with_name(f"{name}.yaml").read_text()) or {}


def unlisted(found, listed):
    """Findings, pairs of check and place, that nobody gave a reason for."""
    return [
        (check, place)
        for check, place in sorted(found)
        if not any(fnmatchcase(place, pattern) for pattern in listed.get(check, {}))
    ]


def stale(found, listed):
    """Entries that nothing is found for any more."""
    return [
        (check, pattern)
        for check, patterns in listed.items()
        for pattern in patterns
        if not any(check == one and fnmatchcase(place, pattern) for one, place in found)
    ]


def without_a_reason(listed):
    """Entries whose reason says nothing."""
    return [(check, pattern) for check, one in listed.items() for pattern, why in one.items() if len(why.split()) < 5]
