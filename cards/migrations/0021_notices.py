import cards.models.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cards', '0020_opening_hours'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='cardholder',
            options={'permissions': [('find_cardholder', 'Can find a person by number'), ('view_full', 'Can see a person unmasked, giving a reason'), ('act_accept', 'Can do: accept'), ('act_check', 'Can do: check'), ('act_ask_fee', 'Can do: ask_fee'), ('act_take_fee', 'Can do: take_fee'), ('act_open_account', 'Can do: open_account'), ('act_produce', 'Can do: produce'), ('act_send', 'Can do: send'), ('act_receive', 'Can do: receive'), ('act_hand_over', 'Can do: hand_over'), ('act_activate', 'Can do: activate'), ('act_stop', 'Can do: stop'), ('act_resume', 'Can do: resume'), ('act_withdraw', 'Can do: withdraw'), ('act_refuse', 'Can do: refuse'), ('act_recall', 'Can do: recall'), ('act_report_orally', 'Can do: report_orally'), ('act_report_in_writing', 'Can do: report_in_writing'), ('act_cancel_report', 'Can do: cancel_report'), ('act_replace', 'Can do: replace'), ('act_lapse', 'Can do: lapse'), ('act_reissue_code', 'Can do: reissue_code'), ('act_call_back', 'Can do: call_back'), ('act_refer', 'Can do: refer'), ('act_settle', 'Can do: settle'), ('act_replace_certificate', 'Can do: replace_certificate'), ('act_correct', 'Can do: correct'), ('act_change_phone', 'Can do: change_phone'), ('act_choose_notices', 'Can do: choose_notices'), ('act_amend', 'Can do: amend'), ('act_merge', 'Can do: merge'), ('act_dispute', 'Can do: dispute'), ('act_grant', 'Can do: grant'), ('act_decline', 'Can do: decline'), ('act_confirm_handed_over', 'Can do: confirm_handed_over'), ('act_confirm_not_received', 'Can do: confirm_not_received')], 'verbose_name': 'cardholder', 'verbose_name_plural': 'cardholders'},
        ),
        migrations.AlterField(
            model_name='agentact',
            name='action',
            field=models.CharField(choices=[('accept', 'Accept an application'), ('check', 'Start checking the data'), ('ask_fee', 'Ask for the fee'), ('take_fee', 'Record that the fee is paid'), ('open_account', 'Send to the bank to open the account'), ('produce', 'Send to the card maker'), ('send', 'Record that the card is on its way'), ('receive', 'Sign for the card at the outlet'), ('hand_over', 'Hand over the card'), ('activate', 'Record the activation'), ('stop', 'Stop the clock'), ('resume', 'Let the clock run again'), ('withdraw', 'Withdraw the application'), ('refuse', 'Refuse the application'), ('recall', 'Recall the uncollected card'), ('report_orally', 'Record an oral loss report'), ('report_in_writing', 'Record a written loss report'), ('cancel_report', 'Cancel the loss report'), ('replace', 'Accept the replacement'), ('lapse', 'Let the oral report lapse'), ('reissue_code', 'Issue a new query code'), ('call_back', 'Promise a call-back'), ('refer', 'Send to a window'), ('settle', 'Record how it ended'), ('replace_certificate', 'Certificate lost: issue a new one'), ('correct', 'Put this step back'), ('change_phone', 'Change the telephone number'), ('choose_notices', 'Record how the person wants to be told'), ('amend', 'Ask to correct name or ID number'), ('merge', 'Ask to merge two records'), ('dispute', 'Collected, but the person does not have it'), ('grant', 'Grant the request'), ('decline', 'Decline the request'), ('confirm_handed_over', 'Decide: the card was handed over'), ('confirm_not_received', 'Decide: not received, make a new card')], max_length=24, verbose_name='what was done'),
        ),
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('registered', 'Person registered'), ('application_accepted', 'Application accepted'), ('stage_reached', 'Stage reached'), ('clock_stopped', 'Clock stopped'), ('clock_resumed', 'Clock running again'), ('loss_reported', 'Loss reported'), ('loss_lapsed', 'Oral report lapsed'), ('loss_cancelled', 'Loss report cancelled'), ('replacement_accepted', 'Replacement accepted'), ('card_issued', 'Card handed over'), ('card_status', 'State of the card changed'), ('code_reissued', 'New query code issued'), ('follow_up_promised', 'Agreed with the person'), ('follow_up_settled', 'How it ended'), ('certificate_replaced', 'Lost card certificate replaced'), ('answer_given', 'Answer given'), ('corrected', 'Step put back'), ('overridden', 'Exception to a rule used'), ('notices_chosen', 'How the person wants to be told'), ('phone_changed', 'Telephone number on file changed'), ('requested', 'Decision of a second person asked for'), ('request_granted', 'Request granted'), ('request_declined', 'Request declined'), ('amended', 'Personal data corrected'), ('merged', 'Two records merged'), ('disputed', 'Person does not have the collected card'), ('dispute_decided', 'Decided whether the card was handed over'), ('erased', 'Personal data erased')], max_length=32, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='override',
            name='action',
            field=models.CharField(choices=[('accept', 'Accept an application'), ('check', 'Start checking the data'), ('ask_fee', 'Ask for the fee'), ('take_fee', 'Record that the fee is paid'), ('open_account', 'Send to the bank to open the account'), ('produce', 'Send to the card maker'), ('send', 'Record that the card is on its way'), ('receive', 'Sign for the card at the outlet'), ('hand_over', 'Hand over the card'), ('activate', 'Record the activation'), ('stop', 'Stop the clock'), ('resume', 'Let the clock run again'), ('withdraw', 'Withdraw the application'), ('refuse', 'Refuse the application'), ('recall', 'Recall the uncollected card'), ('report_orally', 'Record an oral loss report'), ('report_in_writing', 'Record a written loss report'), ('cancel_report', 'Cancel the loss report'), ('replace', 'Accept the replacement'), ('lapse', 'Let the oral report lapse'), ('reissue_code', 'Issue a new query code'), ('call_back', 'Promise a call-back'), ('refer', 'Send to a window'), ('settle', 'Record how it ended'), ('replace_certificate', 'Certificate lost: issue a new one'), ('correct', 'Put this step back'), ('change_phone', 'Change the telephone number'), ('choose_notices', 'Record how the person wants to be told'), ('amend', 'Ask to correct name or ID number'), ('merge', 'Ask to merge two records'), ('dispute', 'Collected, but the person does not have it'), ('grant', 'Grant the request'), ('decline', 'Decline the request'), ('confirm_handed_over', 'Decide: the card was handed over'), ('confirm_not_received', 'Decide: not received, make a new card')], max_length=32, verbose_name='act'),
        ),
        migrations.AlterField(
            model_name='sentform',
            name='action',
            field=models.CharField(choices=[('accept', 'Accept an application'), ('check', 'Start checking the data'), ('ask_fee', 'Ask for the fee'), ('take_fee', 'Record that the fee is paid'), ('open_account', 'Send to the bank to open the account'), ('produce', 'Send to the card maker'), ('send', 'Record that the card is on its way'), ('receive', 'Sign for the card at the outlet'), ('hand_over', 'Hand over the card'), ('activate', 'Record the activation'), ('stop', 'Stop the clock'), ('resume', 'Let the clock run again'), ('withdraw', 'Withdraw the application'), ('refuse', 'Refuse the application'), ('recall', 'Recall the uncollected card'), ('report_orally', 'Record an oral loss report'), ('report_in_writing', 'Record a written loss report'), ('cancel_report', 'Cancel the loss report'), ('replace', 'Accept the replacement'), ('lapse', 'Let the oral report lapse'), ('reissue_code', 'Issue a new query code'), ('call_back', 'Promise a call-back'), ('refer', 'Send to a window'), ('settle', 'Record how it ended'), ('replace_certificate', 'Certificate lost: issue a new one'), ('correct', 'Put this step back'), ('change_phone', 'Change the telephone number'), ('choose_notices', 'Record how the person wants to be told'), ('amend', 'Ask to correct name or ID number'), ('merge', 'Ask to merge two records'), ('dispute', 'Collected, but the person does not have it'), ('grant', 'Grant the request'), ('decline', 'Decline the request'), ('confirm_handed_over', 'Decide: the card was handed over'), ('confirm_not_received', 'Decide: not received, make a new card')], max_length=32),
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('cause', models.CharField(max_length=80, verbose_name='owed for')),
                ('kind', models.CharField(choices=[('loss_reported', 'A loss was reported'), ('loss_cancelled', 'A loss report was cancelled'), ('loss_lapses', 'An oral report lapses soon'), ('agent_acted', 'Somebody acted for the person'), ('exception_used', 'An exception to a rule was used'), ('phone_changed', 'The telephone number was changed'), ('card_ready', 'The card is ready'), ('something_needed', 'Something is needed from the person'), ('estimate_missed', 'The card is late'), ('recall_soon', 'The card is recalled soon'), ('recalled', 'The card was recalled'), ('refused', 'The application was refused')], max_length=24, verbose_name='kind')),
                ('channel', models.CharField(choices=[('sms', 'Text message'), ('wechat', 'WeChat'), ('email', 'E-mail')], max_length=8, verbose_name='way')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('tail', models.CharField(blank=True, max_length=4, verbose_name='end of the receipt')),
                ('parameters', models.JSONField(default=dict, verbose_name='parameters')),
                ('address', cards.models.fields.SealedTextField(blank=True, null=True, verbose_name='where it goes instead')),
                ('at_once', models.BooleanField(default=False, verbose_name='also at night')),
                ('made_at', models.DateTimeField(verbose_name='owed since')),
                ('due_at', models.DateTimeField(verbose_name='next try')),
                ('state', models.CharField(choices=[('waiting', 'To be sent'), ('claimed', 'Being sent'), ('sent', 'Handed to the sender'), ('delivered', 'Arrived'), ('fell_back', 'Sent by text message instead'), ('dropped', 'No longer wanted'), ('failed', 'Not sent')], default='waiting', max_length=12, verbose_name='state')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('claim', models.UUIDField(blank=True, null=True)),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('begun_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                ('remote_id', models.CharField(blank=True, max_length=80)),
                ('failure', models.CharField(blank=True, max_length=60, verbose_name='why not')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled at')),
                ('keep_until', models.DateTimeField(db_index=True, verbose_name='kept until')),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='cards.cardholder', verbose_name='cardholder')),
                ('paper', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='notice', to='cards.papernumber', verbose_name='message number')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'permissions': [('retry_notice', 'Can have a notice sent again')],
                'indexes': [models.Index(fields=['state', 'due_at'], name='notice_next_due'), models.Index(fields=['state', '-made_at'], name='notice_newest_of_state'), models.Index(fields=['-made_at'], name='notice_newest'), models.Index(condition=models.Q(('claim__isnull', False)), fields=['claim'], name='notice_claim')],
                'constraints': [models.UniqueConstraint(fields=('cause', 'channel'), name='notice_one_per_cause_and_way', violation_error_message='This is owed by this way already.'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'claimed'), _negated=True), models.Q(('claim__isnull', False), ('claimed_until__isnull', False)), _connector='OR'), name='notice_claimed_by_somebody', violation_error_message='A notice that is being sent says by whom and until when.'), models.CheckConstraint(condition=models.Q(('keep_until__gt', models.F('made_at'))), name='notice_kept_after_it_was_owed', violation_error_message='A notice is kept for some time after it was owed.')],
            },
        ),
        migrations.CreateModel(
            name='NoticeConsent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('channel', models.CharField(choices=[('sms', 'Text message'), ('wechat', 'WeChat'), ('email', 'E-mail')], max_length=8, verbose_name='way')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('address', cards.models.fields.SealedTextField(blank=True, null=True, verbose_name='e-mail address')),
                ('given_at', models.DateTimeField(verbose_name='given at')),
                ('source', models.CharField(choices=[('counter', 'At the counter'), ('web', 'On this website, with the query code'), ('wechat', 'In WeChat'), ('sender', 'The service reported that messages are no longer wanted')], max_length=8, verbose_name='given')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='taken back at')),
                ('withdrawn_source', models.CharField(blank=True, choices=[('counter', 'At the counter'), ('web', 'On this website, with the query code'), ('wechat', 'In WeChat'), ('sender', 'The service reported that messages are no longer wanted')], max_length=8, verbose_name='taken back')),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notice_consents', to='cards.cardholder', verbose_name='cardholder')),
            ],
            options={
                'verbose_name': 'consent to notices',
                'verbose_name_plural': 'consents to notices',
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('holder', 'channel'), name='notice_consent_one_in_force_per_way', violation_error_message='This way is wanted already.'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_source', '')), models.Q(('withdrawn_at__isnull', False), models.Q(('withdrawn_source', ''), _negated=True)), _connector='OR'), name='notice_consent_taken_back_somewhere', violation_error_message='A consent that was taken back says where and when.')],
            },
        ),
    ]
