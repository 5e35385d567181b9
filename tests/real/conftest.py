"""A shop for the module that uses it, the machine under it and a customer of it."""

import os

import pytest

from tests.browser import Browser
from tests.real.rehearsal import Rehearsal
from tests.real.shop import Shop
from tests.waiting import PATIENCE, wait


class Lent:
    """One shop for one module after the other, as long as all is well: after a failure the next one gets a new one."""

    def __init__(self, session):
        self.session, self.count, self.shop, self.failed = session, 0, None, 0

    def take(self):
        """Stage 1 as its stack file has it; what modules change they take back."""
        if self.shop and self.failed != self.session.testsfailed:
            self.close()
        if not self.shop:
            self.count += 1
            self.shop, self.failed = Shop(f"test-real-{os.getpid()}-{self.count}"), self.session.testsfailed
            self.shop.up()
        return self.shop

    def close(self):
        """Ends it, also one that did not come up."""
        if self.shop:
            self.shop.close()
        self.shop = None


@pytest.fixture(scope="session")
def lent(request):
    """What all modules share."""
    made = Lent(request.session)
    yield made
    made.close()


@pytest.fixture(scope="module")
def shop(lent):
    """Stage 1."""
    return lent.take()


@pytest.fixture
def vps(shop):
    """The machine under the shop, as its cloud's console shows it."""
    return shop.vps


@pytest.fixture
def browser(shop):
    """A customer, once the shop is open."""
    made = Browser(shop.url)
    wait(made.is_open, "the shop", PATIENCE)
    return made


@pytest.fixture(scope="module")
def rehearsal(request, shop):
    """The same shop with its alerts sixty times faster, quiet; as it was, if a module comes after this one."""
    made = Rehearsal(shop)
    made.begin()
    yield made
    if request.session.items[-1].path != request.path:
        made.end()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A test that failed shows its shop: nobody can look at it later."""
    report = yield
    shop = item.funcargs.get("shop")
    if report.failed and isinstance(shop, Shop):
        report.sections.append(("the shop", shop.look()))
    return report
