"""A customer of the shop."""

import re
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from tests.waiting import patience


class Browser:
    """Pages with cookies; redirects are followed."""

    def __init__(self, url):
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path, form=None):
        data = urllib.parse.urlencode(form).encode() if form else None
        with self.opener.open(self.url + path, data, timeout=patience(30)) as answer:
            return answer.read().decode()

    def status(self, path, form=None):
        """The HTTP status; 0 where nobody answers."""
        try:
            self.get(path, form)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0
        return 200

    def is_open(self):
        """Whether a product's page is there: the health page answers before the database does."""
        return self.status("/products/silver-ring/") == 200

    def order(self, slug="silver-ring", quantity=1, email="customer@example.com"):
        """Orders as a customer would; the page afterwards."""
        page = self.get(f"/products/{slug}/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        form = {"quantity": str(quantity), "email": email, "csrfmiddlewaretoken": token}
        return self.get(f"/products/{slug}/", form)
