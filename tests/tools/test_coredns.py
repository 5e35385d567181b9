"""The lab's CoreDNS has the plugins of its Corefile, each of which is compiled."""

import re
from pathlib import Path

import yaml

from lab.nodes.real.k3s import bundle
from lab.paths import TOOLS

_MANIFEST = Path(bundle.__file__).parent / "guest" / "manifests" / "coredns.yaml"
_PACKAGES = {"prometheus": "metrics"}  # where it is not called as its directive


def test_plugins_are_those_of_the_corefile():
    documents = yaml.safe_load_all(_MANIFEST.read_text().replace("%{", "").replace("}%", ""))
    [corefile] = [one["data"]["Corefile"] for one in documents if one["kind"] == "ConfigMap"]
    directives = re.findall(r"^ {4}(\w+)", corefile, re.MULTILINE)
    main = (TOOLS / "kubernetes" / "coredns" / "main.go").read_text()
    compiled = re.findall(r'"github.com/coredns/coredns/plugin/(\w+)"', main)
    assert sorted(compiled) == sorted(_PACKAGES.get(name, name) for name in directives)
    assert len(compiled) > 5
