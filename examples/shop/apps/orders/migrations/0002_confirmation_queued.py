from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("orders", "0001_initial")]

    operations = [
        # A default of the database's own: pods of the version before insert without it while the new ones come up.
        migrations.AddField("order", "confirmation_queued", models.BooleanField(db_default=True)),
        migrations.AddIndex(
            "order",
            models.Index(
                fields=["created_at"], name="order_unconfirmed", condition=models.Q(confirmation_queued=False)
            ),
        ),
    ]
