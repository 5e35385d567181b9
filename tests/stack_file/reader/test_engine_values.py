"""From the engine's texts to values."""

import pytest

from infra.stack_file.reader.engine_values import as_engine, from_engine


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("stage", "2", 2),
        ("stage", "yes", "yes"),
        ("stage", "", None),
        ("budget", "59.5", 59.5),
        ("public_admin", "true", True),
        ("admin_cidrs", '["203.0.113.0/24"]', ["203.0.113.0/24"]),
        ("env", '{"A":1.1}', {"A": 1.1}),
        ("domains", "[not JSON", "[not JSON"),
        ("name", "1", "1"),
        ("image", "true", "true"),
        ("domain", '["a.example"]', ["a.example"]),
        ("stage", "[" * 100_000, "[" * 100_000),
    ],
)
def test_from_engine(name, text, value):
    read = from_engine(name, text)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("stage", "2", 2),
        ("name", 1.0, "1"),
        ("stage", 2.0, 2),
        ("admin_cidrs", '["203.0.113.0/24"]', ["203.0.113.0/24"]),
        ("domain", None, None),
        ("env", {"A": 1.0}, {"A": 1.0}),
    ],
)
def test_a_value_of_the_file_is_what_the_program_would_get(name, written, value):
    """Quotes are gone, a list may have been set as JSON, 2.0 is 2."""
    assert as_engine(name, written) == value
