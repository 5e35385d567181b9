"""What an update orders is asked for at the provider before anything is registered."""

from dataclasses import replace

import pytest

from infra.errors import RefusedError
from infra.names import SERVER_RESOURCE
from infra.preflight.orderable import ordered
from tests.mocks import graph
from tests.offers import FUNCTIONS, Offers
from tests.plans import REGIONS, stage_plan
from tests.preflight.past import PAST
from tests.preflight.test_recorded import state
from tests.programs import CONFIG, program

PROVIDERS = tuple(FUNCTIONS)
STAGE_2 = {"hetzner": "cx33", "digitalocean": "s-4vcpu-8gb", "vultr": "vc2-4c-8gb"}
NEXT = {
    "hetzner": ("cpx32", "39.42 EUR a month rather than 12.42"),
    "digitalocean": ("s-8vcpu-16gb", "102.00 USD a month rather than 54.00"),
    "vultr": ("vc2-6c-16gb", "89.00 USD a month rather than 49.00"),
}


def up(provider="hetzner", *, offers=None, past=None, preview=False, **config):
    values = {"provider": provider, "region": REGIONS[provider], "stage": 2, **config}
    more = {f"stagecoach:{key}": value for key, value in values.items()}
    return graph(program, config={**CONFIG, **more}, offers=offers or Offers(), state=past, preview=preview)


def refusal(*arguments, **more):
    with pytest.raises(RefusedError) as refused:
        up(*arguments, **more)
    return str(refused.value)


def running(server_type="cx33", *, stage=2):
    """A state of Hetzner's without Celery servers."""
    found = state(stage=stage, server={"serverType": server_type})
    return {urn: one for urn, one in found.items() if "celery" not in urn}


@pytest.mark.parametrize("provider", PROVIDERS)
class TestNewServer:
    def test_asks_and_builds(self, provider):
        made = up(provider)
        assert [token for token, _ in made.mocks.asked] == [FUNCTIONS[provider]]
        assert SERVER_RESOURCE in made.requests

    @pytest.mark.parametrize("preview", [False, True])
    def test_a_sold_out_type_is_refused(self, provider, preview):
        """With the next candidate that can be had, planned, and its price; a preview says it, too."""
        text = refusal(provider, offers=Offers(sold_out=(STAGE_2[provider],)), preview=preview)
        name, price = NEXT[provider]
        assert "an instance type can't be had now; nothing was touched" in text
        assert f"stagecoach:instance_type = {STAGE_2[provider]}: sold out" in text
        assert f"To use 1 x {name} instead, set stagecoach:catalog.sold_out to [{STAGE_2[provider]}]: {price}" in text

    def test_a_retired_type_is_refused(self, provider):
        """The provider does not know it any more."""
        text = refusal(provider, offers=Offers(unknown=(STAGE_2[provider],)))
        assert f"= {STAGE_2[provider]}: not sold" in text
        assert f"1 x {NEXT[provider][0]}" in text

    def test_the_way_out_passes(self, provider):
        gone = STAGE_2[provider]
        made = up(provider, offers=Offers(sold_out=(gone,)), catalog={"sold_out": [gone]})
        assert NEXT[provider][0] in made.inputs(SERVER_RESOURCE).values()

    def test_the_way_out_is_asked_for_as_well(self, provider):
        """A second candidate that is sold out is passed over, too."""
        gone = (STAGE_2[provider], NEXT[provider][0])
        text = refusal(provider, offers=Offers(sold_out=gone))
        assert f"catalog.sold_out to [{', '.join(gone)}]" in text

    def test_nothing_can_be_had(self, provider):
        every = tuple(row.name for row in Offers().rows(provider))
        assert "Nothing else that fits can be had" in refusal(provider, offers=Offers(sold_out=every))

    def test_a_question_that_fails(self, provider):
        text = refusal(provider, offers=Offers(error="503: upstream\nis away"))
        assert "the provider could not be asked what it sells now" in text
        assert "503: upstream is away" in text


class TestPins:
    def test_are_named_to_be_taken_out(self):
        text = refusal(offers=Offers(sold_out=("cx43",)), instance_type="cx43")
        assert "To use 1 x cx33 instead, set stagecoach:catalog.sold_out to [cx43]" in text
        assert "to [cx43] and remove the pin (instance_type = cx43): " in text

    def test_celery_servers(self):
        """Stage 5 orders two types; the one that is gone is named by its own key."""
        text = refusal(offers=Offers(sold_out=("cx33",)), stage=5)
        assert "stagecoach:celery_servers.instance_type = cx33" in text
        assert "stagecoach:instance_type" not in text
        assert "To use 1 x cx43 and 1 x cpx32 instead" in text


class TestRunning:
    def test_an_update_that_orders_nothing_asks_nothing(self):
        """A sold-out type keeps running, and an outage of the provider's list stops no update of the app."""
        made = up(past=running(), offers=Offers(sold_out=("cx33",), error="away"))
        assert made.mocks.asked == []

    def test_a_move_is_asked_for(self):
        text = refusal(past=running("cx23", stage=1), offers=Offers(sold_out=("cx33",)))
        assert "stagecoach:instance_type = cx33" in text

    def test_a_move_goes_on(self):
        made = up(past=running("cx23", stage=1), offers=Offers(sold_out=("cx23",)))
        assert made.inputs(SERVER_RESOURCE)["serverType"] == "cx33"


class TestOrdered:
    """Which nodes an update makes or resizes."""

    @pytest.fixture(scope="class")
    @classmethod
    def plan(cls):
        return stage_plan(5)

    def past(self, plan, **changes):
        celery = plan.celery_servers
        running = {
            "instance_type": plan.server.instance_type,
            "root_disk_gb": 40,
            "celery_instance_type": celery.instance_type,
            "celery_count": celery.count,
        }
        return replace(PAST, **(running | changes))

    def test_all_of_a_new_stack(self, plan):
        assert ordered(plan, None) == plan.nodes

    def test_none_where_all_is_there(self, plan):
        assert ordered(plan, self.past(plan)) == ()

    def test_one_more_celery_server(self, plan):
        assert ordered(plan, self.past(plan, celery_count=0)) == (plan.celery_servers,)

    def test_another_celery_type(self, plan):
        assert ordered(plan, self.past(plan, celery_instance_type="cx23")) == (plan.celery_servers,)

    def test_a_lost_server(self, plan):
        """Its type is known from the last outputs, its disk is gone."""
        assert ordered(plan, self.past(plan, root_disk_gb=0)) == (plan.server,)


class TestPrices:
    def warnings(self, monkeypatch, **more):
        said = []
        monkeypatch.setattr("pulumi.log.warn", lambda text, *_, **__: said.append(text))
        up(**more)
        return said

    def test_another_price_is_said(self, monkeypatch):
        said = self.warnings(monkeypatch, provider="vultr", offers=Offers(prices=(("vc2-4c-8gb", "44"),)))
        assert "vc2-4c-8gb costs 44.00 a month at vultr now, the catalog says 40" in said

    def test_the_same_price_is_not(self, monkeypatch):
        assert [one for one in self.warnings(monkeypatch, provider="vultr") if "costs" in one] == []

    def test_a_price_of_ones_own_is_taken_at_its_word(self, monkeypatch):
        said = self.warnings(monkeypatch, provider="vultr", catalog={"prices": {"vc2-4c-8gb": 30}})
        assert [one for one in said if "costs" in one] == []

    def test_above_the_budget_today(self):
        """The plan's price is within it, the provider's is not."""
        offers = Offers(prices=(("vc2-4c-8gb", "44"),))
        assert up("vultr", budget=49).mocks.asked
        text = refusal("vultr", offers=offers, budget=50)
        assert "at today's prices this is above the budget; nothing was touched" in text
        assert "53.00 USD a month is 3.00 above the budget of 50" in text

    def test_an_old_catalog_is_said(self, monkeypatch):
        monkeypatch.setattr("infra.clouds.catalog.age.MOST_DAYS", -1)
        assert any("the prices of hetzner are" in one for one in self.warnings(monkeypatch))


def test_a_plan_above_the_budget_is_refused():
    """Without a question to the provider."""
    text = refusal(budget=12)
    assert "stage 2 is refused" in text
    assert "contract budget: 12.42 EUR a month is 0.42 above the budget of 12" in text
    assert "stage 1, up to 200 customers (8.28 EUR a month)" in text
