"""Redirects of further host names, as traefik's RedirectRegex reads them."""

import re

import pytest
import yaml

from infra.components.redirects import middlewares, redirect_arguments, redirect_objects, redirect_volumes

NAMES = ("shop.example.com", "www.shop.example.com", "shop-example.com")


def written(hosts=NAMES):
    (made,) = redirect_objects(hosts, "kube-system")
    (text,) = made["data"].values()
    return yaml.safe_load(text)["http"]["middlewares"]


def redirected(host, url):
    """As traefik does it: Go's `${1}` is Python's `\\1`, and an unchanged URL is passed on."""
    made = written()[middlewares(host).rpartition(",")[2].removesuffix("@file")]["redirectRegex"]
    assert made["permanent"] is True
    return re.sub(made["regex"], made["replacement"].replace("${1}", r"\1"), url)


class TestRedirects:
    @pytest.mark.parametrize(
        "rest", ["", "cart/", "cart/?a=1&b=2%20c", "?next=https://www.shop.example.com/x", "/elsewhere.example/"]
    )
    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_path_and_query_stay(self, scheme, rest):
        """And the host is always ours."""
        url = f"{scheme}://www.shop.example.com/{rest}"
        assert redirected("shop.example.com", url) == f"https://shop.example.com/{rest}"

    def test_a_port_goes(self):
        assert redirected("shop.example.com", "https://shop-example.com:8443/x") == "https://shop.example.com/x"

    def test_the_shops_own_address_is_passed_on(self):
        """Whatever an Ingress names: no loop."""
        assert redirected("shop.example.com", "https://shop.example.com/x?y") == "https://shop.example.com/x?y"

    def test_one_for_every_name(self):
        """An update that makes another one the shop's address finds its redirect in the file already."""
        assert written(NAMES) == written(NAMES[::-1])
        named = {name for host in NAMES for name in middlewares(host).split(",")}
        assert named == {f"{name}@file" for name in written()}
        assert len(named) == len(NAMES) + 1

    def test_browsers_keep_none(self):
        """A kept one leads back where names have changed places: customers would see no page for good."""
        outer = middlewares(NAMES[0]).split(",")[0].removesuffix("@file")
        assert written()[outer] == {"headers": {"customResponseHeaders": {"Cache-Control": "no-store"}}}

    @pytest.mark.parametrize("hosts", [(), NAMES[:1]])
    def test_none_where_there_is_nothing_to_redirect(self, hosts):
        assert redirect_objects(hosts, "kube-system") == redirect_volumes(hosts) == redirect_arguments(hosts) == []

    def test_traefik_reads_the_folder_where_the_file_is_mounted(self):
        """And only names that it takes for a configuration: yml, yaml and toml."""
        (made,), (volume,) = redirect_objects(NAMES, "kube-system"), redirect_volumes(NAMES)
        assert volume["name"] == made["metadata"]["name"]
        assert f"--providers.file.directory={volume['mountPath']}" in redirect_arguments(NAMES)
        assert [name.rpartition(".")[2] for name in made["data"]] == ["yml"]
