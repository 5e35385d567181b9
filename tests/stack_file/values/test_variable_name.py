"""Names of environment variables."""

import pytest

from infra.stack_file.values.variable_name import variable_problem


@pytest.mark.parametrize("name", ["A", "_", "EMAIL_PORT", "lower_case", "X9"])
def test_names(name):
    assert variable_problem(name) is None


@pytest.mark.parametrize("name", ["", "MY VAR", "A=B", "9A", "A-B", "A.B", "É", "A\n", "A" * 257])
def test_no_names(name):
    assert variable_problem(name)
