"""Python and its packages."""

from importlib.metadata import PackageNotFoundError
from pathlib import Path

from infra.doctor.packages import packages_check, python_check
from infra.versions import PYTHON_VERSION

REPOSITORY = Path(__file__).resolve().parents[2]


def test_this_environment():
    """The lock file's pins are what `make setup` has installed."""
    assert packages_check(REPOSITORY / "requirements.txt").status == "ok"
    assert python_check().status == "ok"


def test_the_oldest_python_is_the_projects():
    assert f'requires-python = ">={".".join(map(str, PYTHON_VERSION))}"' in (REPOSITORY / "pyproject.toml").read_text()


def test_an_old_python():
    check = python_check((3, 10, 4))
    assert (check.status, check.found) == ("missing", "3.10.4")


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


def test_another_folder(tmp_path):
    assert packages_check(tmp_path / "requirements.txt").status == "missing"
