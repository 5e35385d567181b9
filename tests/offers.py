"""What the providers' functions say of instance types, for Pulumi's mocks: the catalog's rows with changes."""

from dataclasses import dataclass, replace
from decimal import Decimal

from infra.clouds import CLOUDS
from lab.clouds.offers import digitalocean_sizes, hetzner_types, vultr_plan

HETZNER = "hcloud:index/getServerTypes:getServerTypes"
DIGITALOCEAN = "digitalocean:index/getSizes:getSizes"
VULTR = "vultr:index/getPlan:getPlan"
FUNCTIONS = {"hetzner": HETZNER, "digitalocean": DIGITALOCEAN, "vultr": VULTR}


@dataclass(frozen=True)
class Offers:
    """Types that are sold out, types that are gone, other prices; or the words of an error."""

    sold_out: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    prices: tuple[tuple[str, str], ...] = ()
    error: str = ""
    tokens = tuple(FUNCTIONS.values())

    def rows(self, provider):
        prices = dict(self.prices)
        return [
            replace(row, price=Decimal(prices.get(row.name, str(row.price))))
            for row in CLOUDS[provider].catalog.instance_types
            if row.name not in self.unknown
        ]

    def answer(self, token, arguments):
        """A function's answer, or its failures."""
        if self.error:
            return {}, [("", self.error)]
        if token == HETZNER:
            return {"serverTypes": hetzner_types(self.rows("hetzner"), self.sold_out), "id": "types"}
        if token == DIGITALOCEAN:
            return {"sizes": digitalocean_sizes(self.rows("digitalocean"), self.sold_out), "id": "sizes"}
        (name,) = arguments["filters"][0]["values"]
        found = [row for row in self.rows("vultr") if row.name == name]
        return vultr_plan(found[0], self.sold_out) if found else ({}, [("", "no results were found")])


EVERYTHING = Offers()
