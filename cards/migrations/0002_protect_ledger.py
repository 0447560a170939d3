"""Makes events, their details and access records append-only in the database."""

from django.db import migrations

from cards.models.protection import ProtectLedger


class Migration(migrations.Migration):
    dependencies = [("cards", "0001_initial")]
    operations = [ProtectLedger()]
