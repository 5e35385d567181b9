"""detect-secrets over every file of the repository, by the hash of what it takes for a secret."""

import json
import subprocess

import pytest

from tests.scanners.environment import REPOSITORY, accepted, scanner, stale, unlisted, without_a_reason

pytestmark = pytest.mark.proof
LISTED = accepted("detect-secrets")
# Lock files are nothing but hashes.
_HASHES = r"(^|/)go\.sum$|(^|/)requirements(\.txt|/[^/]*\.txt)$|^tests/scanners/detect-secrets\.yaml$"


def scan(folder, *options):
    """(kind, file and hash) of each finding in a folder."""
    command = [scanner("detect-secrets"), "scan", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    results = json.loads(done.stdout)["results"]
    return {(one["type"], f"{file} {one['hashed_secret'][:12]}") for file, all_of in results.items() for one in all_of}


@pytest.fixture(scope="module")
def found():
    return scan(REPOSITORY, "--exclude-files", _HASHES)


def test_nothing_is_found_unlisted(found):
    assert unlisted(found, LISTED) == []


def test_no_stale_entry(found):
    assert stale(found, LISTED) == []


def test_every_entry_has_a_reason():
    assert without_a_reason(LISTED) == []


def test_a_secret_would_be_found(tmp_path):
    """The scan is none of nothing."""
    password = "Vq7" + "xK2m" * 4
    (tmp_path / "Pulumi.prod.yaml").write_text(f"config:\n  stagecoach:registry_password: {password}\n")
    assert {kind for kind, _ in scan(tmp_path, "--all-files")} >= {"Secret Keyword"}
