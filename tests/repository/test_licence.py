"""The licence: its text is whole, and the project names it as PEP 639 says."""

import hashlib
import tomllib
from pathlib import Path

from packaging.licenses import canonicalize_license_expression

REPOSITORY = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
# Of the text that apache.org publishes, from Debian's base-files (/usr/share/common-licenses/Apache-2.0).
APACHE_2 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"


def test_the_text_is_apaches():
    assert hashlib.sha256((REPOSITORY / "LICENSE").read_bytes()).hexdigest() == APACHE_2


def test_the_project_names_it():
    """An SPDX expression; a classifier beside it is not allowed any more."""
    assert canonicalize_license_expression(PROJECT["license"]) == PROJECT["license"] == "Apache-2.0"
    assert PROJECT["license-files"] == ["LICENSE"]
    assert "classifiers" not in PROJECT


def test_what_else_it_says():
    assert (REPOSITORY / PROJECT["readme"]).is_file()
    assert 0 < len(PROJECT["description"]) <= 160  # what an index shows in a line or two
