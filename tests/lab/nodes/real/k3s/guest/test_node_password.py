"""k3s's check of a node's password, against a cluster that is a mapping."""

import pytest

from lab.nodes.real.k3s.guest.api import ApiError
from lab.nodes.real.k3s.guest.node_password import forget, hash_of, matches, read_or_make, secret_name, verify
from lab.nodes.real.k3s.guest.refusal import RefusalError


class Cluster:
    """Secrets by path."""

    def __init__(self):
        self.objects = {}

    def get(self, path):
        return self.objects.get(path)

    def request(self, method, path, body=None):
        if method == "POST":
            self.objects[f"{path}/{body['metadata']['name']}"] = body
        elif path not in self.objects:
            raise ApiError(404, "not found")
        else:
            del self.objects[path]


class TestVerify:
    def test_first_join_is_remembered(self):
        cluster = Cluster()
        verify(cluster, "shop", "secret")
        (path,) = cluster.objects
        assert path == "/api/v1/namespaces/kube-system/secrets/shop.node-password.k3s"
        verify(cluster, "shop", "secret")

    def test_another_machine_is_refused_in_k3s_words(self):
        cluster = Cluster()
        verify(cluster, "shop", "secret")
        with pytest.raises(RefusalError, match="Node password rejected, duplicate hostname"):
            verify(cluster, "shop", "other")

    def test_forgotten_it_may_come_back(self):
        cluster = Cluster()
        verify(cluster, "shop", "secret")
        forget(cluster, "shop")
        forget(cluster, "shop")
        verify(cluster, "shop", "other")


class TestHash:
    def test_format(self):
        """k3s's: version, salt, scrypt's parameters, hash."""
        version, salt, *parameters, _ = hash_of("secret").split(":")
        assert (version, len(salt), parameters) == ("$1", 16, ["15", "8", "1"])

    def test_matches_its_password_only(self):
        assert matches(hash_of("secret"), "secret")
        assert not matches(hash_of("secret"), "Secret")


class TestFile:
    def test_made_once(self, tmp_path):
        path = tmp_path / "node" / "password"
        assert read_or_make(path) == read_or_make(path)
        assert path.stat().st_mode & 0o777 == 0o600

    def test_an_empty_one_is_none(self, tmp_path):
        (tmp_path / "password").write_text("")
        assert len(read_or_make(tmp_path / "password")) == 32


def test_name_as_the_stacks_removal_script_has_it():
    assert secret_name("shop-celery-1") == "shop-celery-1.node-password.k3s"
