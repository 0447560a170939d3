"""demo: what it builds: people in every state, at believable moments, with places, accounts and forecasts."""

import io
from collections import Counter

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from cards import case_reading, enquiry, id_number, memory
from cards.actors import Actor
from cards.management import ledger_check
from cards.management.demonstration import past_year
from cards.models import (
    AccessRecord,
    Application,
    Bank,
    Card,
    Cardholder,
    Event,
    Forecast,
    IntakeFile,
    LossReport,
    Outlet,
)
from cards.vocabulary import (
    ApplicationKind,
    CardType,
    Channel,
    ExchangeReason,
    IssueMethod,
    LossForm,
    LossStatus,
    Party,
    SocialStatus,
    Stage,
    StopReason,
)

SIZE = 200
pytestmark = pytest.mark.django_db


def told_by(*arguments, **options):
    told = io.StringIO()
    with override_settings(DEMO=True, DEMO_PASSWORD="for-tests-only"):
        call_command("demo", *arguments, stdout=told, **options)
    return told.getvalue()


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """One demonstration for all tests of this file, gone after them."""
    memory.forget_all()
    with django_db_blocker.unblock(), transaction.atomic():
        yield told_by("--holders", str(SIZE))
        transaction.set_rollback(True)
    memory.forget_all()


@pytest.fixture
def built(demo, db):
    """The demonstration, open to a test."""
    return demo


def test_every_stage_is_there(built):
    assert set(Application.objects.values_list("stage", flat=True)) == set(Stage.values)


def test_every_stop_is_there(built):
    assert set(Application.objects.exclude(stop="").values_list("stop", flat=True)) == set(StopReason.values)


def test_every_kind_method_and_card_type_is_there(built):
    for field, words in (("kind", ApplicationKind), ("method", IssueMethod), ("card_type", CardType)):
        assert set(Application.objects.values_list(field, flat=True)) == set(words.values)
    assert set(Application.objects.values_list("exchange_reason", flat=True)) == {"", *ExchangeReason.values}


def test_every_form_and_ending_of_a_loss_report_is_there(built):
    seen = set(LossReport.objects.values_list("form", "status"))
    both = {(form, status) for form in LossForm.values for status in ("standing", "cancelled", "replaced")}
    only_oral = {(LossForm.ORAL, LossStatus.LAPSED), (LossForm.ORAL, LossStatus.FORMALISED)}
    assert seen == (both | only_oral) - {(LossForm.ORAL, LossStatus.REPLACED)}
    assert set(LossReport.objects.values_list("channel", flat=True)) == {Channel.HOTLINE, Channel.COUNTER, Channel.WEB}
    assert set(LossReport.objects.values_list("party", flat=True)) == {Party.HOLDER, Party.AGENT, Party.GUARDIAN}


def test_oral_reports_in_force_are_in_force_now_and_lapsed_ones_lapsed_at_their_moment(built):
    now = timezone.now()
    standing = LossReport.objects.filter(form=LossForm.ORAL, status=LossStatus.STANDING)
    assert standing.exists()
    assert all(report.status_at(now) == LossStatus.STANDING for report in standing)
    for report in LossReport.objects.filter(status=LossStatus.LAPSED):
        assert report.ended_at == report.lapses_at


def test_cards_stand_in_every_state(built):
    assert set(Card.objects.values_list("social_status", flat=True)) == set(SocialStatus.values)
    per_person = Counter(Card.objects.values_list("holder", flat=True))
    assert max(per_person.values()) > 1
    waiting = Application.objects.filter(stage=Stage.COLLECTED, activation_needed=True)
    assert waiting.exists()


def test_nothing_lies_in_the_future_and_every_history_goes_forward(built):
    now = timezone.now()
    assert not Event.objects.filter(at__gt=now).exists()
    for application in Application.objects.all():
        moments = [at for _what, _value, at in application.history]
        assert moments == sorted(moments)


def test_the_chains_of_all_events_hold(built):
    walk = ledger_check.Walk()
    heads = list(walk.heads())
    assert walk.faults == []
    assert len(heads) == SIZE


def test_the_forecasts_of_both_kinds_rest_on_enough_cases(built):
    for kind in (ApplicationKind.FIRST, ApplicationKind.REPLACEMENT):
        row = Forecast.objects.get(kind=kind, method=IssueMethod.FACTORY, stage=Stage.ACCEPTED)
        assert row.cases >= 60
        assert 0 < row.half_days <= row.most_days


def test_every_number_is_valid_and_cannot_have_been_issued(built):
    numbers = [holder.id_number for holder in Cardholder.objects.all()]
    assert len(set(numbers)) == len(numbers) == SIZE + 24 * past_year.A_MONTH
    for number in numbers:
        assert id_number.check(number) == number
        elsewhere = number[0] == "9" or number[:2] in ("81", "82", "83")
        assert (1897 <= int(number[6:10]) <= 1905) if elsewhere else number[2:6] == "9999"
    assert {number[:2] for number in numbers} >= {"81", "82", "83", "91"}


def test_names_have_one_and_two_characters_and_some_a_middle_dot(built):
    names = [holder.name for holder in Cardholder.objects.all()]
    assert any("·" in name for name in names)
    assert {2, 3} <= {len(name) for name in names}


def test_places_read_well_in_both_languages(built):
    for row in (*Bank.objects.all(), *Outlet.objects.all()):
        for name, value in vars(row).items():
            if name.endswith("_zh") and not name.startswith("remark"):
                assert any("\u4e00" <= character <= "\u9fff" for character in value), value
            if name.endswith("_en"):
                assert value.isascii() or "–" in value, value


def test_the_accounts_can_sign_in_and_have_their_groups_and_windows(built):
    names = {
        "clerk",
        "bankclerk",
        "hotline",
        "supervisor",
        "supervisor2",
        "editor",
        "publisher",
        "auditor",
        "system",
        "security",
        "admin",
    }
    assert set(User.objects.values_list("username", flat=True)) == names
    for user in User.objects.all():
        assert user.is_staff
        assert user.check_password("for-tests-only")
        assert user.groups.filter(name="demo").exists()
    assert User.objects.get(username="clerk").staff_profile.outlet.kind == "special_window"
    assert User.objects.get(username="clerk").has_perm("cards.act_replace")
    assert User.objects.get(username="admin").is_superuser


def test_a_result_file_waits_for_its_confirmation(built):
    file = IntakeFile.objects.get()
    assert (file.state, file.refused, file.handed_in_by.username) == ("checked", 1, "clerk")
    assert file.ready >= 3
    results = set(file.lines.filter(state="ready").values_list("result", flat=True))
    assert results == {"account_opened", "sent", "signed_for"}


def test_the_second_run_does_nothing(built):
    before = Cardholder.objects.count(), Event.objects.count(), User.objects.count()
    assert "nothing was done" in told_by()
    assert (Cardholder.objects.count(), Event.objects.count(), User.objects.count()) == before


def test_the_numbers_shown_open_what_is_said_with_their_code(built):
    lines = [line.split() for line in told_by("--show").splitlines() if line.startswith("  ") and " code " in line]
    assert len(lines) == 3
    citizen = Actor(Party.HOLDER, Channel.WEB)
    for line in lines:
        opening = enquiry.look_up(enquiry.Question(line[0], code=line[2]), network="198.51.100.1", actor=citizen)
        assert opening.paper
        assert case_reading.read_case(opening).opened
    assert "for-tests-only" in told_by("--show")


def test_access_records_name_the_citizen_the_hotline_and_a_full_view_with_its_reason(built):
    assert set(AccessRecord.objects.values_list("channel", flat=True)) == {"web", "hotline", "counter"}
    assert AccessRecord.objects.get(purpose="staff_full_view", holder=_first_looked_at()).reason


def _first_looked_at():
    return AccessRecord.objects.filter(purpose="staff_full_view").order_by("-at")[0].holder
