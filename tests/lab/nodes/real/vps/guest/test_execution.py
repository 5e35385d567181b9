"""How a service's programs are run."""

import pytest

from lab.nodes.real.vps.guest.execution import clean, environment, expand, how_it_ended, limits
from lab.nodes.real.vps.guest.units import Unit, parse


def service(text):
    return Unit(name="x.service", sections=parse(f"[Service]\n{text}"))


def test_environment(tmp_path):
    (tmp_path / "file").write_text('# c\nB="two words"\n')
    text = f'Environment="A=1 2" C=3\nEnvironmentFile={tmp_path}/file\nEnvironmentFile=-{tmp_path}/gone\n'
    assert environment(service(text)) == {"A": "1 2", "C": "3", "B": "two words"}


def test_a_missing_file_that_is_not_optional(tmp_path):
    with pytest.raises(FileNotFoundError):
        environment(service(f"EnvironmentFile={tmp_path}/gone\n"))


def test_limits():
    text = "LimitNOFILE=1048576\nLimitNPROC=infinity\nLimitCORE=0:infinity\n"
    assert limits(service(text)) == ["-n 1048576", "-p unlimited", "-c unlimited"]


def test_variables():
    assert expand("-/sbin/x $A ${B}c $NONE", {"A": "1 2", "B": "b"}) == (True, ["/sbin/x", "1", "2", "bc"])


def test_ends():
    assert [clean(code) for code in (0, -15, 1, -9)] == [True, True, False, False]
    assert [how_it_ended(3), how_it_ended(-9)] == ["code=exited, status=3", "code=killed, status=9"]
