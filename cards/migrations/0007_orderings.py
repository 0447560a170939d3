"""Lets the lists of the office open in their order without sorting, and drops two indexes others already cover."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cards.models.protection import ProtectLedger


class Migration(migrations.Migration):

    dependencies = [
        ('cards', '0006_erasure'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='accessrecord',
            name='holder',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='access_records', to='cards.cardholder'),
        ),
        migrations.AlterField(
            model_name='event',
            name='holder',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='cards.cardholder'),
        ),
        ProtectLedger(),
        migrations.AddIndex(
            model_name='accessrecord',
            index=models.Index(fields=['-at', '-id'], name='access_record_newest'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(fields=['stage_since', '-id'], name='application_longest_waiting'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('stage__in', ['accepted', 'bank_account', 'checking', 'fee_due', 'producing', 'ready', 'sending'])), fields=['stage_since', '-id'], name='application_open_longest'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['-at', '-id'], name='event_newest'),
        ),
        migrations.AddIndex(
            model_name='lossreport',
            index=models.Index(fields=['lapses_at', 'made_at', '-id'], name='loss_report_lapsing_next'),
        ),
    ]
