"""Errors read like the Vultr provider's."""

from lab.clouds.vultr_errors import refused


class TestWords:
    def test_the_apis_json_behind_the_providers_words(self):
        error = refused("error getting block storage", "Nothing to change")
        assert str(error) == 'error getting block storage: {"error":"Nothing to change","status":400}'
