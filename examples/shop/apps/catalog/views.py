"""The product page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.catalog.models import cached_products


def product_list(request: HttpRequest) -> HttpResponse:
    """Every product with its price; cached."""
    return render(request, "catalog/product_list.html", {"products": cached_products()})
