"""Host names by the rules of DNS and IDNA."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.stack_file.values.host_name import LONGEST_LABEL, LONGEST_NAME, host_name, public_host_name

LONG_LABEL = "a" * LONGEST_LABEL
LONG_NAME = ".".join([LONG_LABEL] * 3 + ["a" * (LONGEST_NAME - 3 * (LONGEST_LABEL + 1))])
# What Kubernetes takes as the host of an Ingress (apimachinery, util/validation: dns1123SubdomainFmt).
SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
LDH = st.from_regex(r"\A[a-z0-9]([a-z0-9]{0,10}[a-z0-9])?\Z")


class TestAccepted:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("shop.example.com", "shop.example.com"),
            ("Shop.Example.COM", "shop.example.com"),
            ("shop.example.com.", "shop.example.com"),
            ("shop.xn--p1ai", "shop.xn--p1ai"),
            ("SHOP.XN--P1AI", "shop.xn--p1ai"),
            ("магазин.рф", "xn--80aairftm.xn--p1ai"),
            ("МАГАЗИН.РФ", "xn--80aairftm.xn--p1ai"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("straße.example", "xn--strae-oqa.example"),
            ("商店。example", "xn--czrs0t.example"),
            ("ශ්\u200dරී.example", "xn--10cl1a0b660p.example"),
            ("1and1.example", "1and1.example"),
            ("a-b--c.example", "a-b--c.example"),
            (f"{LONG_LABEL}.example", f"{LONG_LABEL}.example"),
            (LONG_NAME, LONG_NAME),
        ],
    )
    def test_as_dns_has_it(self, text, name):
        assert public_host_name(text) == name

    def test_a_name_without_a_dot_is_one_on_a_private_network(self):
        assert host_name("mail") == "mail"

    @given(st.lists(LDH, min_size=2, max_size=8))
    def test_what_is_right_already_stays(self, labels):
        """And twice is once."""
        name = ".".join([*labels, "example"])
        assert public_host_name(name.upper()) == name

    @given(st.one_of(st.text(max_size=80), st.text(alphabet="aZ09é商ßЖxn-_.。 :/@*\u00ad", max_size=80)))
    def test_whatever_a_person_writes_is_a_name_or_a_message(self, text):
        """A name has the shape that certificates, Ingress objects and Django take."""
        try:
            name = public_host_name(text)
        except ValueError:
            return
        assert len(name) <= LONGEST_NAME
        assert all(len(label) <= LONGEST_LABEL for label in name.split("."))
        assert SUBDOMAIN.fullmatch(name)
        assert public_host_name(name) == name


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "is empty"),
            ("localhost", "has no dot"),
            (f"{LONG_LABEL}a.example", "has 64 characters; DNS allows 63 between two dots"),
            (f"a{LONG_NAME}", "has 254 characters; DNS allows 253"),
            ("é" * 60 + ".example", "has more than 63 characters in its ASCII form"),
            ("a" * 100_000, "has 100000 characters"),
            ("shop..example", "has an empty part"),
            (".shop.example", "has an empty part"),
            ("-shop.example", "`-shop` begins or ends with a hyphen"),
            ("shop-.example", "begins or ends with a hyphen"),
            ("ab--cd.example", "only names of IDNA"),
            ("shop_1.example", "`shop_1` has _; letters, digits and hyphens are allowed"),
            ("shop!.example", "has !;"),
            ("shop.example.com:443", "has a port"),
            ("https://shop.example", "is a URL or a path"),
            ("shop.example/cart", "is a URL or a path"),
            ("shop .example", "has a blank"),
            ("shop.example\n", "has a blank"),
            ("shop\u200b.example", "has a blank or a character that can't be seen"),
            ("shop\u200d.example", "IDNA does not allow `shop"),
            ("*.shop.example", "has a wildcard"),
            ("203.0.113.5", "is an address"),
            ("2001:db8::5", "is an address"),
            ("[2001:db8::5]", "is an address"),
            ("shop.123", "its last part is a number"),
            ("1.2.3.0x4", "its last part is a number"),
            ("shop.0X", "its last part is a number"),
            ("xn--a.example", "IDNA does not allow `xn--a`"),
            ("i❤.example", "U+2764"),
        ],
    )
    def test_says_what_is_wrong(self, text, words):
        with pytest.raises(ValueError, match=words.replace("+", r"\+").replace("!", "!").replace("*", r"\*")):
            public_host_name(text)

    def test_says_nothing_twice(self):
        with pytest.raises(ValueError, match="has an empty part") as caught:
            public_host_name("..shop..example..")
        assert str(caught.value).count("empty part") == 1

    def test_says_everything_at_once(self):
        with pytest.raises(ValueError, match="`-a` begins") as caught:
            public_host_name(f"-a.b_c.{LONG_LABEL}d.example")
        assert "`b_c` has _" in str(caught.value)
        assert "has 64 characters" in str(caught.value)
