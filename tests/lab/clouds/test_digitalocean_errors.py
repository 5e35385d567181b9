"""Errors read like the DigitalOcean provider's."""

from lab.clouds.digitalocean_errors import missing, refused


class TestWords:
    def test_the_request_and_the_apis_own_words(self):
        error = refused("Error creating firewall", "POST firewalls", 409, "duplicate name")
        expected = "Error creating firewall: POST https://api.digitalocean.com/v2/firewalls: 409 duplicate name"
        assert str(error) == expected

    def test_an_id_that_does_not_exist(self):
        assert str(missing("vpc", "v")) == (
            "Error retrieving vpc: GET https://api.digitalocean.com/v2/vpcs/v: 404 "
            "The resource you were accessing could not be found."
        )
