"""Names under which an app reads the stack's variables."""

import pytest
from pydantic import ValidationError

from infra.stack_file.app_config import AppConfig
from infra.stack_file.app_contract import PARTS, URLS, VARIABLES, alias_values

CONTRACT = {
    "DATABASE_URL": "postgres://app:pg%2F1@postgres:5432/app",
    "CACHE_URL": "redis://:ca@redis-cache:6379/0",
    "DJANGO_ALLOWED_HOSTS": "a.example,b.example",
}


class TestValues:
    def test_a_variable_under_another_name(self):
        aliases = {"REDIS_URL": "CACHE_URL", "ALLOWED_HOSTS": "DJANGO_ALLOWED_HOSTS"}
        expected = {"REDIS_URL": CONTRACT["CACHE_URL"], "ALLOWED_HOSTS": "a.example,b.example"}
        assert alias_values(aliases, CONTRACT) == expected

    @pytest.mark.parametrize(
        ("source", "value"),
        [
            ("DATABASE_URL.host", "postgres"),
            ("DATABASE_URL.port", "5432"),
            ("DATABASE_URL.user", "app"),
            ("DATABASE_URL.password", "pg/1"),
            ("DATABASE_URL.name", "app"),
            ("CACHE_URL.user", "default"),
            ("CACHE_URL.password", "ca"),
            ("CACHE_URL.name", "0"),
        ],
    )
    def test_a_part_of_a_url(self, source, value):
        """As an app reads it that builds its URL itself; Redis calls the user without a name `default`."""
        assert alias_values({"X": source}, CONTRACT) == {"X": value}

    def test_what_is_not_there_is_left_out(self):
        """A migration goes past PgBouncer: only the database's variables are given anew."""
        only = {"DATABASE_URL": CONTRACT["DATABASE_URL"]}
        assert alias_values({"REDIS_URL": "CACHE_URL", "DB": "DATABASE_URL"}, only) == {"DB": only["DATABASE_URL"]}


class TestRefused:
    @pytest.mark.parametrize("source", [*VARIABLES, *(f"{url}.{part}" for url in URLS for part in PARTS)])
    def test_everything_that_there_is_is_taken(self, source):
        assert AppConfig(aliases={"X": source}).aliases == {"X": source}

    @pytest.mark.parametrize(
        "source",
        ["", "REDIS_URL", "cache_url", "CACHE_URL.", "CACHE_URL.db", "DJANGO_SECRET_KEY.host", ".host", "$CACHE_URL"],
    )
    def test_no_variable_of_the_stack(self, source):
        with pytest.raises(ValidationError, match="names no variable of the stack: write one of DATABASE_URL, "):
            AppConfig(aliases={"X": source})

    @pytest.mark.parametrize("name", ["GUNICORN_CMD_ARGS", "PYTHONPATH", "CACHE_URL"])
    def test_a_name_that_the_stack_gives_itself(self, name):
        with pytest.raises(ValidationError, match="is a name that the stack gives the app itself"):
            AppConfig(aliases={name: "CACHE_URL"})

    @pytest.mark.parametrize("name", ["", "MY VAR", "A=B", "1ST"])
    def test_no_name_of_a_variable(self, name):
        with pytest.raises(ValidationError, match=r"variable without a name|is no name of a variable"):
            AppConfig(aliases={name: "CACHE_URL"})

    def test_a_value_that_may_be_a_secret_is_not_shown(self):
        """People write what they know from elsewhere."""
        with pytest.raises(ValidationError) as caught:
            AppConfig(aliases={"REDIS_URL": "redis://:hunter2@cache:6379/0"})
        [error] = caught.value.errors()
        [problem] = error["ctx"]["error"].problems
        assert problem.value == ""
        assert "hunter2" not in str(error["ctx"]["error"])
        assert "env_secrets" in problem.hint

    def test_how_many(self):
        assert AppConfig(aliases={f"A{number}": "CACHE_URL" for number in range(200)})
        with pytest.raises(ValidationError, match="at most 200 names, and there are 201"):
            AppConfig(aliases={f"A{number}": "CACHE_URL" for number in range(201)})
