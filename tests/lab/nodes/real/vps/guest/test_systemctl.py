"""Links of enabled units; what process 1 does: test_services.py."""

import pytest

from lab.nodes.real.vps.guest.systemctl import disable, enable, enabled


@pytest.fixture
def etc(tmp_path):
    (tmp_path / "x.service").write_text("[Install]\nWantedBy=multi-user.target\n")
    return tmp_path


def test_enable_and_disable(etc):
    assert enable(["x"], etc, (etc,)) == 0
    assert enable(["x"], etc, (etc,)) == 0
    assert (etc / "multi-user.target.wants/x.service").resolve() == etc / "x.service"
    assert enabled("x.service", etc)
    assert disable(["x"], etc) == 0
    assert not enabled("x.service", etc)


def test_a_unit_that_is_not_there(etc, capsys):
    assert enable(["gone"], etc, (etc,)) == 1
    assert capsys.readouterr().err == "Failed to enable unit: Unit file gone.service does not exist.\n"
