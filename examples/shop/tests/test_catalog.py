"""The product page."""

from django.core.cache import cache
from django.urls import reverse


def test_a_new_shop_has_products(client, db):
    """They come with the migrations."""
    page = client.get(reverse("product-list"))
    assert page.status_code == 200
    assert b"Silver ring" in page.content


def test_products_come_from_the_cache(client, ring, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(reverse("product-list"))
    with django_assert_num_queries(0):
        page = client.get(reverse("product-list"))
    assert b"Ring" in page.content


def test_a_cache_that_forgot_costs_a_query(client, ring, django_assert_num_queries):
    client.get(reverse("product-list"))
    cache.clear()
    with django_assert_num_queries(1):
        client.get(reverse("product-list"))


def test_sold_out_is_said(client, ring):
    type(ring).objects.update(stock=1)
    assert b"sold out" not in client.get(reverse("product-list")).content
    cache.clear()
    type(ring).objects.filter(slug="ring").update(stock=0)
    assert b"sold out" in client.get(reverse("product-list")).content
