"""A shop without products cannot be tried out."""

from decimal import Decimal

from django.db import migrations

PRODUCTS = [
    ("silver-ring", "Silver ring", "Plain band, 4 mm.", Decimal("49.00"), 500),
    ("gold-earrings", "Gold earrings", "Small hoops, 14 carat.", Decimal("189.00"), 200),
    ("pearl-necklace", "Pearl necklace", "Freshwater pearls, 45 cm.", Decimal("129.00"), 100),
]


def add_products(apps, schema_editor) -> None:
    """Adds what is not there yet."""
    model = apps.get_model("catalog", "Product")
    for slug, name, description, price, stock in PRODUCTS:
        values = {"name": name, "description": description, "price": price, "stock": stock}
        model.objects.using(schema_editor.connection.alias).get_or_create(slug=slug, defaults=values)


class Migration(migrations.Migration):
    """Data only."""

    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunPython(add_products, migrations.RunPython.noop)]
