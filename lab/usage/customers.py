"""Customers who look around and order, as a browser would: the shop's mixed load."""

from __future__ import annotations

import random
import re
import threading
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookiejar import CookieJar

from infra.operate.loadtest.result import quantile

_ORDERS = 0.1  # of all visits end with an order
_SOLD_OUT = 422  # the shop's answer to an order that it can't take: a page like any other
_TIMEOUT = 30  # seconds; a customer leaves before that
_PRODUCT = re.compile(r'href="(/products/[\w-]+/)"')
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass(frozen=True, kw_only=True)
class Visits:
    """What the customers saw; times in seconds."""

    pages: int
    orders: int
    errors: tuple[str, ...]
    seconds: float
    p50: float
    p95: float

    @property
    def rate(self) -> float:
        """Pages per second."""
        return self.pages / self.seconds if self.seconds else 0.0


class Customers:
    """So many at once, for so long; each waits a moment between pages."""

    def __init__(self, url: str, *, count: int, seconds: float, pause: float = 0.2) -> None:
        self.url, self.count, self.seconds, self.pause = url, count, seconds, pause
        self._lock = threading.Lock()
        self._times: list[float] = []
        self._errors: list[str] = []
        self._orders = 0

    def run(self) -> Visits:
        """Returns when the time is over and the last page has come."""
        began = time.monotonic()
        deadline = began + self.seconds
        with ThreadPoolExecutor(self.count) as pool:
            for one in [pool.submit(self._shop, number, deadline) for number in range(self.count)]:
                one.result()
        times = sorted(self._times)
        return Visits(
            pages=len(times),
            orders=self._orders,
            errors=tuple(self._errors),
            seconds=time.monotonic() - began,
            p50=quantile(times, 50),
            p95=quantile(times, 95),
        )

    def _shop(self, number: int, deadline: float) -> None:
        dice = random.Random(number)  # noqa: S311  the same visits in every run
        while time.monotonic() < deadline:
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
            listed = self._page(opener, "/")
            products = _PRODUCT.findall(listed)
            if products:
                path = dice.choice(products)
                page = self._page(opener, path)
                token = _TOKEN.search(page)
                if token and dice.random() < _ORDERS:
                    form = {"quantity": "1", "email": "customer@example.com", "csrfmiddlewaretoken": token[1]}
                    if self._page(opener, path, form):
                        with self._lock:
                            self._orders += 1
            time.sleep(self.pause)

    def _page(self, opener: urllib.request.OpenerDirector, path: str, form: dict[str, str] | None = None) -> str:
        """The page's text; empty where there was none, which is noted, and where an order is not taken."""
        data = urllib.parse.urlencode(form).encode() if form else None
        began, text = time.monotonic(), ""
        try:
            with opener.open(self.url + path, data, timeout=_TIMEOUT) as answer:
                text = answer.read().decode()
        except OSError as error:
            if getattr(error, "code", None) != _SOLD_OUT:
                with self._lock:
                    self._errors.append(f"{path}: {error}")
                return ""
        with self._lock:
            self._times.append(time.monotonic() - began)
        return text
