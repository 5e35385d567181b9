"""Names of environment variables."""

import subprocess

import pytest

from infra.stack_file.values.variable_name import MOST_BYTES, total_problem, value_problem, variable_problem


@pytest.mark.parametrize("name", ["A", "_", "EMAIL_PORT", "lower_case", "X9"])
def test_names(name):
    assert variable_problem(name) is None


@pytest.mark.parametrize("name", ["", "MY VAR", "A=B", "9A", "A-B", "A.B", "É", "A\n", "A" * 257])
def test_no_names(name):
    assert variable_problem(name)


class TestValues:
    """Pods with such a variable would never start, after an update that said that it is done."""

    @pytest.mark.parametrize("value", ["x" * 131_069, "é" * 65_534])
    def test_the_longest_that_linux_takes(self, value):
        assert value_problem("A", value) == ""
        assert subprocess.run(["true"], env={"PATH": "/usr/bin:/bin", "A": value}, check=False).returncode == 0

    @pytest.mark.parametrize("value", ["x" * 131_070, "é" * 65_535])
    def test_a_longer_one(self, value):
        assert "Linux starts no program with more than 131,072" in value_problem("A", value)
        with pytest.raises(OSError, match="Argument list too long"):
            subprocess.run(["true"], env={"PATH": "/usr/bin:/bin", "A": value}, check=False)

    def test_all_together(self):
        assert total_problem(["x" * MOST_BYTES]) == ""
        assert "a Secret of Kubernetes holds" in total_problem(["x" * MOST_BYTES, "y"])

    def test_no_message_has_the_value(self):
        assert "hunter2" not in value_problem("A", "hunter2\0") + value_problem("A", "hunter2" * 20_000)
