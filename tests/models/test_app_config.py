"""What a stack file says about the app in the image."""

import pytest
from pydantic import ValidationError

from infra.models.app_config import AppConfig


class TestApplication:
    def test_djangos_own_name_if_nothing_is_said(self):
        assert (AppConfig().interface, AppConfig().application) == ("wsgi", "config.wsgi:application")

    def test_asgi_stands_in_its_place(self):
        made = AppConfig(asgi="shop.asgi:application")
        assert (made.interface, made.application) == ("asgi", "shop.asgi:application")

    @pytest.mark.parametrize("text", ["shop.wsgi", "shop.wsgi:application", "shop:make.app", "shop.web:create_app()"])
    def test_whatever_gunicorn_reads(self, text):
        assert AppConfig(wsgi=text).application == text

    @pytest.mark.parametrize("text", ["", "--help", "shop/wsgi.py", "shop.wsgi:", "shop..wsgi", "1shop.wsgi", "a b"])
    def test_what_it_does_not(self, text):
        with pytest.raises(ValidationError, match="write module:name"):
            AppConfig(wsgi=text)

    @pytest.mark.parametrize(("key", "other"), [("wsgi", "asgi"), ("asgi", "wsgi")])
    def test_the_other_ones_module(self, key, other):
        """It would be served, and answer every request with an error."""
        with pytest.raises(ValidationError, match=f"write it under `app.{other}`"):
            AppConfig(**{key: f"shop.{other}:application"})

    def test_both(self):
        with pytest.raises(ValidationError, match="remove the other"):
            AppConfig(wsgi="shop.wsgi", asgi="shop.asgi")
