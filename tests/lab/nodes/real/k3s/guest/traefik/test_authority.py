"""Let's Encrypt is out of reach: a resolver that names no server asks the lab's."""

from lab.nodes.real.k3s.guest.traefik.authority import with_authority
from lab.nodes.real.k3s.guest.traefik.chart import chart


def resolved(acme):
    return with_authority(chart("image:1", {"certificatesResolvers": {"le": {"acme": acme}}}), "PEM")


def test_the_labs_server_and_its_certificate():
    made = {one["kind"]: one for one in resolved({"email": "a@b.example", "storage": "/data/acme.json"})}
    assert made["ConfigMap"]["data"] == {"authority.pem": "PEM"}
    spec = made["Deployment"]["spec"]["template"]["spec"]
    arguments = spec["containers"][0]["args"]
    assert "--certificatesresolvers.le.acme.caServer=https://pebble:14000/dir" in arguments
    assert "--certificatesresolvers.le.acme.caCertificates=/stagecoach-lab/authority.pem" in arguments
    assert spec["volumes"][-1]["configMap"]["name"] == made["ConfigMap"]["metadata"]["name"]
    assert spec["hostAliases"] == [{"ip": "100.64.0.1", "hostnames": ["pebble"]}]


def test_a_named_server_stays():
    made = resolved({"email": "a@b.example", "caServer": "https://ca.example/dir"})
    assert {one["kind"] for one in made} == {"Service", "Deployment"}


def test_nothing_without_a_resolver():
    plain = chart("image:1")
    assert with_authority(chart("image:1"), "PEM") == plain
