"""What a stack file says about the app in the image."""

import pytest
from pydantic import ValidationError

from infra.stack_file.app_config import AppConfig


class TestApplication:
    def test_djangos_own_name_if_nothing_is_said(self):
        assert (AppConfig().interface, AppConfig().application) == ("wsgi", "config.wsgi:application")

    def test_asgi_stands_in_its_place(self):
        made = AppConfig(asgi="shop.asgi:application")
        assert (made.interface, made.application) == ("asgi", "shop.asgi:application")

    @pytest.mark.parametrize("text", ["shop.wsgi", "shop.wsgi:application", "shop:make.app", "shop.web:create_app()"])
    def test_whatever_gunicorn_reads(self, text):
        assert AppConfig(wsgi=text).application == text

    @pytest.mark.parametrize(
        "text", ["", "--help", "shop/wsgi.py", "shop.wsgi:", "shop..wsgi", "1shop.wsgi", "a b", "wsgi.py"]
    )
    def test_what_it_does_not(self, text):
        with pytest.raises(ValidationError, match="write module:name"):
            AppConfig(wsgi=text)

    @pytest.mark.parametrize("key", ["wsgi", "asgi"])
    def test_as_djangos_own_setting_has_it(self, key):
        """WSGI_APPLICATION has a dot there, of which gunicorn makes a module that does not exist."""
        with pytest.raises(ValidationError, match=rf"write shop\.{key}:application, with a colon"):
            AppConfig(**{key: f"shop.{key}.application"})

    @pytest.mark.parametrize("value", [5, True, ["shop.asgi:application"], {"a": "b"}, 1.5])
    @pytest.mark.parametrize("key", ["wsgi", "asgi", "celery_app", "settings_module", "health_path"])
    def test_no_text(self, key, value):
        with pytest.raises(ValidationError, match="is no text: write it as"):
            AppConfig(**{key: value})

    def test_a_key_without_a_value_is_one_that_was_left_out(self):
        assert AppConfig(wsgi=None, asgi=None) == AppConfig()

    @pytest.mark.parametrize(("key", "other"), [("wsgi", "asgi"), ("asgi", "wsgi")])
    def test_the_other_ones_module(self, key, other):
        """It would be served, and answer every request with an error."""
        with pytest.raises(ValidationError, match=f"write it under `app.{other}`"):
            AppConfig(**{key: f"shop.{other}:application"})

    def test_both(self):
        with pytest.raises(ValidationError, match="remove the other"):
            AppConfig(wsgi="shop.wsgi", asgi="shop.asgi")


class TestModules:
    @pytest.mark.parametrize("text", ["shop", "shop.celery", "shop.celery:app", "my-shop", "shop.celery.app"])
    def test_what_celery_takes(self, text):
        assert AppConfig(celery_app=text).celery_app == text

    @pytest.mark.parametrize("text", ["", "a b", "--app=shop", "shop/celery.py", "shop:", "celery.py", "shop..celery"])
    def test_what_it_does_not(self, text):
        with pytest.raises(ValidationError, match="write a module or module:name"):
            AppConfig(celery_app=text)

    @pytest.mark.parametrize("text", ["", "--x", "shop/settings.py", "shop.settings:x", "settings.py", "shop settings"])
    def test_settings_that_nobody_can_import(self, text):
        with pytest.raises(ValidationError, match="write a module with dots"):
            AppConfig(settings_module=text)


class TestHealthPath:
    @pytest.mark.parametrize("text", ["/", "/healthz", "/health/?full=1", "/сайт", "/a//b"])
    def test_whatever_the_kubelet_asks_for(self, text):
        assert AppConfig(health_path=text).health_path == text

    @pytest.mark.parametrize("text", ["", "healthz", "//shop/healthz", "/healthz ", "/a b", "/a#b", "/a\n", "/a\u200b"])
    def test_of_what_it_asks_for_something_else(self, text):
        """It would never get ready, or for another page's sake."""
        with pytest.raises(ValidationError, match="write the path of a page"):
            AppConfig(health_path=text)


@pytest.mark.parametrize("key", ["wsgi", "asgi", "celery_app", "settings_module", "health_path"])
def test_a_text_that_no_pod_can_start_with(key):
    """Of a variable, an argument or a probe's address."""
    longest = "/" + "a" * 999 if key == "health_path" else "a" * 1000
    assert AppConfig.model_validate({key: longest})
    with pytest.raises(ValidationError, match="has 1,001 characters; 1,000 are allowed, such as"):
        AppConfig.model_validate({key: longest + "a"})


def test_a_variable_of_kubernetes_is_no_argument():
    """The kubelet would put its value there."""
    with pytest.raises(ValidationError, match="write module:name"):
        AppConfig(wsgi="shop.web:create_app($(DATABASE_URL))")
