"""Lets key rotation seal the reason of an access record anew; everything else of it stays as it was written."""

from django.db import migrations

from cards.models.protection import ProtectLedger


class Migration(migrations.Migration):
    dependencies = [("cards", "0002_protect_ledger")]
    operations = [ProtectLedger()]
