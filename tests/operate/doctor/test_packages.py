"""Python and its packages."""

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from infra.operate.doctor.packages import packages_check, python_check
from infra.versions import NEWEST_PYTHON, OLDEST_PYTHON
from tools.environment import promised

REPOSITORY = Path(__file__).resolve().parents[3]


def test_this_environment():
    """The lock file's pins are what `make setup` has installed."""
    assert packages_check(REPOSITORY / "requirements.txt").status == "ok"
    assert python_check().status == "ok"


def test_the_pythons_are_the_projects():
    assert [(3, promised()[0]), (3, promised()[-1])] == [OLDEST_PYTHON, NEWEST_PYTHON]


@pytest.mark.parametrize("version", [(3, 10, 4), (3, 14, 0), (4, 0, 0)])
def test_a_python_that_is_not_promised(version):
    check = python_check(version)
    assert (check.status, check.found) == ("missing", ".".join(map(str, version)))
    assert check.mend.startswith("Install a Python from 3.11 to 3.13; then make setup")


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 9)])
def test_a_python_that_is_promised(version):
    assert python_check(version).status == "ok"


def test_differences(tmp_path):
    """Each with what is there."""

    def installed(name):
        if name == "rich":
            raise PackageNotFoundError
        return {"pulumi": "3.1.0", "typer": "0.29.2"}[name]

    path = tmp_path / "requirements.txt"
    path.write_text("pulumi==3.272.0 \\\n    --hash=sha256:0\nrich==15.0.0 ; python_version > '3'\ntyper==0.29.2 \\\n")
    check = packages_check(path, installed)
    assert check.status == "missing"
    assert check.found == "pulumi 3.272.0 is wanted, 3.1.0 is installed, rich 15.0.0 is wanted, nothing is installed"


def test_a_pin_of_another_machine(tmp_path):
    """Its marker says so: nobody misses it."""
    path = tmp_path / "requirements.txt"
    path.write_text("pywin32==312 ; sys_platform == 'never' \\\n    --hash=sha256:0\ntyper==1 ; python_version > '3'\n")
    assert packages_check(path, {"typer": "1"}.__getitem__).found == "1, as in requirements.txt"


def test_another_folder(tmp_path):
    assert packages_check(tmp_path / "requirements.txt").status == "missing"
