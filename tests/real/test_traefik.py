"""The real traefik with the stack's own arguments, the ACME server and the DNS server, without a cluster around them.

A file in place of the Ingress says what traefik makes of one; tests/lab/nodes/real/k3s/test_way_in.py has the cluster.
"""

import json

import pytest
import yaml

from infra.components.traefik import render_chart_config
from lab.nodes.real.k3s.guest.traefik.chart import given_values
from lab.nodes.real.vps.names import ACME_ENVIRONMENT, acme_command
from lab.nodes.real.vps.possible import why_not
from lab.toolchain.build import ensure
from lab.toolchain.programs import TRAEFIK
from tests.servers.traefik import CUSTOMERS, OWN, PLAN, SHOP, WayIn
from tests.servers.way_in import UPLOAD, WEBSOCKET
from tests.waiting import wait

pytestmark = pytest.mark.vps
LATE, AWAY = "late.example.test", "away.example.test"
WWW, OLD = "www.shop.example.test", "old.example.test"


@pytest.fixture(scope="module")
def way_in(tmp_path_factory):
    if reason := why_not():
        pytest.skip(reason)
    made = WayIn(tmp_path_factory.mktemp("way-in"))
    try:
        made.open()
        made.serve(SHOP)
        wait(lambda: made.has_certificate(SHOP), (made.root / "traefik.log").read_text)
        yield made
    finally:
        made.close()


class TestRedirect:
    def test_plain_requests_go_to_https_for_good(self, way_in):
        done = way_in.curl(f"http://{SHOP}/products/?page=2", "-i")
        assert done.stdout.splitlines()[0].split()[1] in ("301", "308")
        assert f"Location: https://{SHOP}/products/?page=2" in done.stdout

    def test_so_does_a_form(self, way_in):
        """With its body: the browser sends it again."""
        done = way_in.curl(f"http://{SHOP}/order", "-i", "-d", "quantity=1")
        assert done.stdout.split()[1] == "308"

    def test_by_https_the_app_answers(self, way_in):
        seen = way_in.asked()
        assert (seen["host"], seen["x-forwarded-proto"]) == (SHOP, "https")


class TestAddresses:
    def test_two_customers_have_two(self, way_in):
        assert [way_in.asked(source=one)["x-forwarded-for"] for one in CUSTOMERS] == list(CUSTOMERS)

    def test_one_that_is_made_up_is_replaced(self, way_in):
        seen = way_in.asked("-H", "X-Forwarded-For: 192.0.2.1", source=CUSTOMERS[0])
        assert seen["x-forwarded-for"] == CUSTOMERS[0]


def test_a_websocket(way_in):
    assert way_in.by_hand(WEBSOCKET, "0").split("\n")[:3] == ["HTTP/1.1 101 Switching Protocols", "first", "second"]


class TestCertificates:
    def test_an_order_that_failed_is_tried_again_after_a_change_alone(self, way_in):
        """The reason of certificates.sh: a middleware that no route uses is such a change."""
        way_in.route(SHOP, LATE)
        wait(lambda: way_in.failures(LATE) == 1, "the first failure")
        way_in.names.put(LATE, OWN)
        assert "TRAEFIK DEFAULT CERT" in way_in.issuer(LATE)
        way_in.route(SHOP, LATE, nudge={"headers": {"customResponseHeaders": {"X-Stagecoach-Ordered": "1"}}})
        wait(lambda: way_in.has_certificate(LATE), "the certificate")
        assert way_in.failures(LATE) == 1

    def test_an_issuer_that_was_away(self, way_in):
        way_in.names.put(AWAY, OWN)
        way_in.stop("acme")
        way_in.route(SHOP, AWAY)
        wait(lambda: way_in.failures(AWAY) == 1, "the first failure")
        way_in.start("acme", "env", *ACME_ENVIRONMENT, *acme_command(way_in.root / "gateway"))
        # The account is unknown to a new server: traefik keeps it in its file, and only a start makes another.
        (way_in.root / "root.pem").write_text(way_in.names.root_certificate())
        way_in.serve(SHOP, AWAY)
        wait(lambda: way_in.has_certificate(AWAY), "the certificate")


class TestFurtherNames:
    """`www` beside the shop's address."""

    @pytest.fixture(scope="class")
    def both(self, way_in):
        for name in (WWW, OLD):
            way_in.names.put(name, OWN)
        way_in.serve(SHOP, redirected=(WWW, OLD))
        for name in (SHOP, WWW, OLD):
            wait(lambda name=name: way_in.has_certificate(name), (way_in.root / "traefik.log").read_text)
        return way_in

    def ask(self, way_in, url, *options, host=WWW):
        """Where the answer leads to, with its status; the certificate is checked."""
        form = ("-o", "/dev/null", "-w", "%{http_code} %{redirect_url} %header{cache-control}")
        done = way_in.curl(url, "--cacert", str(way_in.root / "root.pem"), *form, *options, host=host)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @pytest.mark.parametrize("host", [WWW, OLD])
    @pytest.mark.parametrize("rest", ["", "cart/?coupon=may", "%D1%82?next=https://www.shop.example.test/"])
    def test_lead_to_the_address_by_their_own_certificate(self, both, host, rest):
        """With path and query; search engines take it for good, browsers do not keep it."""
        assert self.ask(both, f"https://{host}/{rest}", host=host) == f"301 https://{SHOP}/{rest} no-store"

    def test_a_form_arrives_as_it_was_sent(self, both):
        assert self.ask(both, f"https://{WWW}/order/", "-d", "quantity=1") == f"308 https://{SHOP}/order/ no-store"

    def test_a_plain_request_ends_at_the_address(self, both):
        """Over https, after two redirects."""
        done = both.curl(f"http://{WWW}/cart/", "-L", "--cacert", str(both.root / "root.pem"), host=WWW)
        assert json.loads(done.stdout)["host"] == SHOP, done.stderr

    def test_the_address_itself_is_served(self, both):
        assert both.asked()["host"] == SHOP

    def test_each_of_them_can_become_the_address(self, both):
        """The file has a middleware for every name: turned round, no circle and no gap."""
        both.route(WWW, redirected=(SHOP, OLD), to=WWW)
        for name in (SHOP, OLD):
            leads = f"301 https://{WWW}/x no-store"
            wait(lambda name=name, leads=leads: self.ask(both, f"https://{name}/x", host=name) == leads, name)
        assert self.ask(both, f"https://{WWW}/x") == "200  "


class TestReadTimeout:
    def test_a_body_that_takes_longer_is_cut(self, way_in):
        way_in.serve(SHOP, read_timeout=2)
        wait(lambda: way_in.has_certificate(SHOP), "the certificate")
        assert '"length": 2000' not in way_in.by_hand(UPLOAD, "5")

    def test_one_within_it_arrives(self, way_in):
        way_in.serve(SHOP, read_timeout=60)
        wait(lambda: way_in.has_certificate(SHOP), "the certificate")
        assert '"length": 2000' in way_in.by_hand(UPLOAD, "5")


def test_without_a_domain_plain_http_is_answered(way_in):
    """Nothing is redirected where nothing is encrypted."""
    way_in.stop("traefik")
    (document,) = yaml.safe_load_all(render_chart_config(PLAN, None, read_timeout=600))
    services = {"web": {"loadBalancer": {"servers": [{"url": "http://127.0.0.1:8000"}]}}}
    routers = {"web": {"rule": "PathPrefix(`/`)", "service": "web"}}
    text = yaml.safe_dump({"http": {"routers": routers, "services": services}})
    (way_in.root / "dynamic" / "routes.yml").write_text(text)
    way_in.start("traefik", ensure(TRAEFIK), *way_in.arguments(given_values([document])))
    wait(lambda: way_in.curl(f"http://{SHOP}/").returncode == 0, (way_in.root / "traefik.log").read_text)
    wait(lambda: way_in.curl(f"http://{SHOP}/", "-o", "/dev/null", "-w", "%{http_code}").stdout == "200", "the app")
