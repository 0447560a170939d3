"""Rule sets are reviewed by a second person, and what was done to them is on record for good."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cards.models.protection import ProtectRuleHistory


class Migration(migrations.Migration):

    dependencies = [
        ('cards', '0006_orderings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RuleSetStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('loaded', 'Entered from the profile shipped with the portal'), ('drafted', 'Drafted'), ('changed', 'Draft changed'), ('reviewed', 'Reviewed and found right'), ('reopened', 'Sent back to the draft'), ('put_in_force', 'Put in force from its date'), ('withdrawn', 'Withdrawn')], max_length=16, verbose_name='step')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('content_digest', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name': 'step of a rule set',
                'verbose_name_plural': 'steps of rule sets',
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.AlterModelOptions(
            name='ruleset',
            options={'ordering': ['-valid_from'], 'permissions': [('review_ruleset', 'Can review a rule set drafted by somebody else'), ('enforce_ruleset', 'Can put a reviewed rule set in force')], 'verbose_name': 'rule set', 'verbose_name_plural': 'rule sets'},
        ),
        migrations.RemoveConstraint(
            model_name='cancellation',
            name='cancellation_by_the_holder_only',
        ),
        migrations.AddField(
            model_name='ruleset',
            name='drafted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='drafted by'),
        ),
        migrations.AddField(
            model_name='ruleset',
            name='reviewed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reviewed by'),
        ),
        migrations.AlterField(
            model_name='ruleset',
            name='state',
            field=models.CharField(choices=[('draft', 'Draft'), ('reviewed', 'Reviewed'), ('in_force', 'In force'), ('withdrawn', 'Withdrawn')], default='draft', max_length=16, verbose_name='state'),
        ),
        migrations.AddConstraint(
            model_name='cancellation',
            constraint=models.CheckConstraint(condition=models.Q(('party__in', ['holder', 'agent', 'guardian'])), name='cancellation_by_a_person', violation_error_message='Only a person can cancel a loss report: the cardholder, or whom the rules allow.'),
        ),
        migrations.AddConstraint(
            model_name='ruleset',
            constraint=models.CheckConstraint(condition=models.Q(('drafted_by__isnull', True), ('reviewed_by__isnull', True), models.Q(('reviewed_by', models.F('drafted_by')), _negated=True), _connector='OR'), name='rule_set_reviewed_by_another', violation_error_message='A rule set is reviewed by somebody other than its author.'),
        ),
        migrations.AddConstraint(
            model_name='ruleset',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['reviewed', 'in_force']), _negated=True), ('reviewed_by__isnull', False), models.Q(('drafted_by__isnull', True), ('state', 'in_force')), _connector='OR'), name='rule_set_in_force_only_reviewed', violation_error_message='Only a rule set that was reviewed can be put in force.'),
        ),
        migrations.AddConstraint(
            model_name='ruleset',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'draft'), _negated=True), ('reviewed_by__isnull', True), _connector='OR'), name='rule_set_draft_not_reviewed', violation_error_message='A draft has not been reviewed yet.'),
        ),
        migrations.AddConstraint(
            model_name='ruleset',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'in_force')), fields=('valid_from',), name='rule_set_one_begins_on_a_day', violation_error_message='Another rule set begins on the same day.'),
        ),
        migrations.AddField(
            model_name='rulesetstep',
            name='rule_set',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='cards.ruleset'),
        ),
        migrations.AddField(
            model_name='rulesetstep',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        ProtectRuleHistory(),
    ]
