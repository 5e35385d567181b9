"""A catalog is data that people edit: what is wrong with it is said by place."""

from dataclasses import replace
from decimal import Decimal

import pytest

from infra.clouds import CLOUDS
from infra.clouds.catalog.check import check_catalog
from infra.errors import ConfigError

OURS = CLOUDS["hetzner"].catalog
ROW = OURS.instance_types[0]


def problems(rows=(ROW,), candidates=("cx23",), **rates):
    catalog = replace(OURS, instance_types=tuple(rows), candidates=candidates, rates=replace(OURS.rates, **rates))
    with pytest.raises(ConfigError) as found:
        check_catalog("hetzner", catalog)
    return [str(problem) for problem in found.value.problems]


@pytest.mark.parametrize("provider", CLOUDS)
def test_ours_is_sound(provider):
    check_catalog(provider, CLOUDS[provider].catalog)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"price": Decimal(0)}, "infra/clouds/hetzner/catalog.py: cx23.price = 0: above 0. "),
        ({"price": Decimal(-1)}, "infra/clouds/hetzner/catalog.py: cx23.price = -1: above 0. "),
        ({"regions": ()}, "infra/clouds/hetzner/catalog.py: cx23.regions = none: at least one region. "),
        ({"stock": "gone"}, "cx23.stock = gone: one of orderable, volatile, sold out, retired. "),
        ({"source": ""}, "cx23.source: says where its numbers come from. "),
    ],
)
def test_a_row(change, said):
    (problem,) = problems([replace(ROW, **change)])
    assert said in problem


def test_an_unknown_candidate():
    (problem,) = problems(candidates=("cx23", "cx22"))
    assert problem.startswith("infra/clouds/hetzner/catalog.py: candidates = cx22: one of cx23. ")


def test_a_candidate_twice():
    (problem,) = problems(candidates=("cx23", "cx23"))
    assert "each name once" in problem


def test_rates():
    assert len(problems(volume_gb=Decimal(0), address=Decimal(-1), backup_percent=-1)) == 3


def test_two_currencies():
    (problem,) = problems([ROW, replace(ROW, name="other", currency="USD")])
    assert "EUR, USD: one currency" in problem


def test_all_at_once():
    wrong = [replace(ROW, price=Decimal(0)), replace(ROW, name="other", stock="?")]
    assert len(problems(wrong, candidates=("cx22",), volume_gb=Decimal(0))) == 4
