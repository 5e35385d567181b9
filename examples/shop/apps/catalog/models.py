"""Products."""

from django.core.cache import cache
from django.db import models

_CACHE_KEY = "catalog:products"
_CACHE_SECONDS = 60


class Product(models.Model):
    """Something that can be ordered."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    stock = models.PositiveIntegerField(default=0)

    class Meta:
        """Alphabetical, as on the page."""

        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


def cached_products() -> list[Product]:
    """All products, from the cache where it has them."""
    return cache.get_or_set(_CACHE_KEY, lambda: list(Product.objects.all()), _CACHE_SECONDS)


def forget_products() -> None:
    """Call it when a product changed."""
    cache.delete(_CACHE_KEY)
