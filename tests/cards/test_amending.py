"""Names and numbers put right, and two records of one person merged, each by two people."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from cards import enquiry, services, told
from cards.actors import Actor
from cards.enquiry import Question
from cards.errors import ChangedMeanwhile, PersonAlreadyRegistered
from cards.id_number import IdNumberProblem
from cards.management.ledger_check import Walk
from cards.models import AccessRecord, Application, Cardholder, Event, IdNumberIndex, LossReport, NoticeConsent
from cards.notice_vocabulary import ConsentSource, NoticeChannel
from cards.office_vocabulary import MergeSide, RequestKind
from cards.services.merging import MOVING
from cards.staff_errors import (
    DecidedAlready,
    MergeHasOpenRequests,
    MergeWithItself,
    MergeWouldClash,
    NothingChanged,
    RecordMerged,
    SecondPersonNeeded,
)
from cards.vocabulary import AccessOutcome, Action, CardType, Channel, EventKind, Party, Stage
from tests import factories as f
from tests import later
from tests.cards.losing import accept, report
from tests.intake.files import line, staged

pytestmark = pytest.mark.django_db


def grant(request: Any, actor: Actor | None = None) -> None:
    services.decide(request, Action.GRANT, actor=actor or later.supervisor(), reason="已核对")


def again(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


# --- name and number ----------------------------------------------------------------------------------------------


def test_a_name_is_put_right_when_a_second_person_confirms_it() -> None:
    holder = f.holder(name="张三")
    request = later.amendment(holder, RequestKind.NAME, " 张叁 ")
    assert again(holder).name == "张三"
    grant(request)
    assert again(holder).name == "张叁"
    event = Event.objects.of(holder).get(kind=EventKind.AMENDED)
    assert "张三" in event.detail.text
    assert event.value == "name"


def test_an_id_number_is_put_right_in_row_and_directory() -> None:
    holder, right = f.holder(), f.synthetic_id_number()
    wrong = holder.id_number
    application = f.first_application(holder)
    grant(later.amendment(holder, RequestKind.ID_NUMBER, right))
    assert again(holder).id_number == right
    assert Cardholder.objects.by_id_number(right) == holder
    assert Cardholder.objects.by_id_number(wrong) is None
    question = Question(right, code=application.receipt.query_code)
    opened = enquiry.look_up(question, network="192.0.2.1", actor=Actor(Party.HOLDER, Channel.WEB))
    assert opened.paper == application.receipt_id


def test_whoever_asked_does_not_confirm_and_nothing_is_decided_twice() -> None:
    request = later.amendment()
    me = Actor(Party.OFFICE, Channel.COUNTER, request.asked_by, f.OutletFactory())
    with pytest.raises(SecondPersonNeeded):
        grant(request, me)
    services.decide(request, Action.DECLINE, actor=later.supervisor(), reason="证明不足")
    with pytest.raises(DecidedAlready):
        grant(request)
    assert again(request.holder).name == "张三"


def test_what_is_no_change_malformed_or_another_persons_is_refused() -> None:
    holder, other = f.holder(), f.holder()
    for part, value, refusal in (
        (RequestKind.NAME, "张三", NothingChanged),
        (RequestKind.ID_NUMBER, holder.id_number, NothingChanged),
        (RequestKind.ID_NUMBER, other.id_number, PersonAlreadyRegistered),
        (RequestKind.ID_NUMBER, "123", IdNumberProblem),
    ):
        with pytest.raises(refusal):
            later.amendment(holder, part, value)


def test_a_number_that_was_registered_meanwhile_is_not_taken_from_its_person() -> None:
    holder, number = f.holder(), f.synthetic_id_number()
    request = later.amendment(holder, RequestKind.ID_NUMBER, number)
    other = f.holder(id_number=number)
    with pytest.raises(PersonAlreadyRegistered), transaction.atomic():
        grant(request)
    assert Cardholder.objects.by_id_number(number) == other
    assert again(request).pending


def test_a_number_registered_at_this_very_moment_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    holder, number = f.holder(), f.synthetic_id_number()
    request = later.amendment(holder, RequestKind.ID_NUMBER, number)
    f.holder(id_number=number)
    monkeypatch.setattr(type(IdNumberIndex.objects.all()), "entry", lambda rows, number: None)
    with pytest.raises(PersonAlreadyRegistered), transaction.atomic():
        grant(request)
    assert again(request).pending


def test_the_number_of_a_record_that_became_part_of_this_one_can_become_its_own() -> None:
    stays, ends = f.holder(), f.holder()
    grant(later.merge(stays, ends))
    wrong, right = stays.id_number, ends.id_number
    grant(later.amendment(again(stays), RequestKind.ID_NUMBER, right))
    assert again(stays).id_number == right
    assert Cardholder.objects.by_id_number(right) == stays
    assert Cardholder.objects.by_id_number(wrong) is None
    assert IdNumberIndex.objects.get().holder == stays


# --- two records of one person ------------------------------------------------------------------------------------


def rows_of(holder: Cardholder) -> dict[str, int]:
    return {model.__name__: model._default_manager.filter(holder=holder).count() for model in MOVING}


def lively() -> Cardholder:
    """A person with a row in every table that moves."""
    holder = f.holder()
    way = {NoticeChannel.SMS: True}
    services.choose_notices(holder, way, language="en", actor=f.at_counter(), evidence=f.everything())
    later.dispute(holder)
    loss = report(f.card(holder))
    services.cancel_loss_report(loss, actor=f.at_counter(), evidence=f.everything(card_number=loss.card.card_number))
    agent = f.everything(agent_name="李四", agent_id_number=f.synthetic_id_number())
    by_agent, lost = f.at_counter(party=Party.AGENT), report(f.card(holder))
    made = services.replace_card(lost, delivery_outlet=f.OutletFactory(), actor=by_agent, evidence=agent)
    assert made.application.certificate
    assert staged(line(made.application, "sent")).total == 1
    told.tell(holder, actor=f.on_phone())
    services.settle_follow_up(f.visit(f.OutletFactory(), holder), "came", actor=f.at_office())
    for request in (later.asked(holder), later.amendment(holder)):
        services.decide(request, Action.DECLINE, actor=later.supervisor(), reason="不予办理")
    return holder


def test_everything_but_the_ledger_moves_and_both_chains_stay_whole() -> None:
    stays, ends = f.holder(), lively()
    before, moved = rows_of(stays), rows_of(ends)
    assert all(moved.values()), moved
    events = {holder.pk: Event.objects.of(holder).count() for holder in (stays, ends)}
    grant(later.merge(stays, ends))
    assert rows_of(stays) == {name: before[name] + moved[name] for name in moved}
    assert not any(rows_of(ends).values())
    assert again(ends).merged_into == stays
    assert Event.objects.of(stays).count() == events[stays.pk] + 3
    assert Event.objects.of(ends).count() == events[ends.pk] + 1
    sides = {e.holder_id: e.value for e in Event.objects.filter(kind=EventKind.MERGED)}
    assert sides == {stays.pk: MergeSide.SURVIVES, ends.pk: MergeSide.ENDS}
    walk = Walk()
    assert len(list(walk.heads())) >= 2
    assert not walk.faults


def test_nobody_is_told_by_a_way_that_only_the_ended_record_named() -> None:
    stays, ends = f.holder(), lively()
    grant(later.merge(stays, ends))
    assert NoticeConsent.objects.of(stays).get().withdrawn_source == ConsentSource.COUNTER
    assert not NoticeConsent.objects.in_force().exists()


def test_no_table_with_a_holder_is_forgotten() -> None:
    stay = {"Event", "EventDetail", "AccessRecord", "IdNumberIndex", "Merge", "SentForm"} | {
        "WechatBinding",
        "OpenIdIndex",
    }
    with_holder = {m.__name__ for m in apps.get_app_config("cards").get_models() if hasattr(m, "holder")}
    assert with_holder - stay == {model.__name__ for model in MOVING}


@pytest.mark.parametrize("policy", ["number", "number_and_name", "number_and_code"])
def test_both_numbers_lead_to_the_record_that_stays(policy: str, settings: Any) -> None:
    settings.ENQUIRY_POLICY = policy
    stays, ends = f.holder(name="张三"), f.holder(name="张叁")
    application = f.first_application(ends)
    grant(later.merge(stays, ends))
    for number in (stays.id_number, ends.id_number):
        assert Cardholder.objects.by_id_number(number) == stays
        question = Question(number, name="张三", code=application.receipt.query_code)
        opened = enquiry.look_up(question, network="192.0.2.1", actor=Actor(Party.HOLDER, Channel.WEB))
        assert (opened.outcome, opened.holder_id, opened.paper) == (
            AccessOutcome.FOUND,
            stays.pk,
            application.receipt_id,
        )
    with pytest.raises(PersonAlreadyRegistered):
        f.holder(id_number=ends.id_number)


def test_the_person_reads_who_looked_at_either_record() -> None:
    stays, ends = f.holder(), f.holder()
    for holder in (stays, ends):
        enquiry.record_staff_look(holder, "", actor=f.at_office())
    grant(later.merge(stays, ends))
    assert AccessRecord.objects.told_of(stays).count() == 2
    assert Event.objects.told_of(stays).filter(kind=EventKind.REGISTERED).count() == 2


def test_nothing_more_is_written_on_the_record_that_ended() -> None:
    stays, ends = f.holder(), f.holder()
    application = f.first_application(ends)
    grant(later.merge(stays, ends))
    with pytest.raises((RecordMerged, ChangedMeanwhile)):
        services.advance(application, Action.CHECK, actor=f.at_office())
    with pytest.raises(RecordMerged):
        accept(ends, card_type=CardType.ORDINARY_BLUE)
    services.advance(again(application), Action.CHECK, actor=f.at_office())
    assert again(application).stage == Stage.CHECKING


def test_a_step_recorded_before_the_merge_can_still_be_put_back() -> None:
    stays, ends = f.holder(), f.holder()
    application = f.walk_to(f.first_application(ends), Stage.CHECKING)
    grant(later.merge(stays, ends))
    event = Event.objects.of(ends).get(kind=EventKind.STAGE_REACHED)
    services.correct(event, actor=later.same_desk(event), reason="选错了这一步")
    assert again(application).stage == Stage.ACCEPTED


def test_a_record_merged_twice_leads_to_the_last_one() -> None:
    first, second, third = f.holder(), f.holder(), f.holder()
    grant(later.merge(second, first))
    grant(later.merge(third, second))
    assert {Cardholder.objects.by_id_number(one.id_number) for one in (first, second, third)} == {third}


def both_applied(stays: Cardholder, ends: Cardholder) -> None:
    for holder in (stays, ends):
        accept(holder)


def one_asks(stays: Cardholder, ends: Cardholder) -> None:
    later.asked(ends)


@pytest.mark.parametrize(("prepare", "refusal"), [(both_applied, MergeWouldClash), (one_asks, MergeHasOpenRequests)])
def test_a_merge_that_would_leave_what_cannot_be_is_refused(
    prepare: Callable[[Cardholder, Cardholder], None], refusal: type[Exception]
) -> None:
    stays, ends = f.holder(), f.holder()
    request = later.merge(stays, ends)
    prepare(stays, ends)
    with pytest.raises(refusal), transaction.atomic():
        grant(request)
    assert again(ends).merged_into is None
    assert again(request).pending
    with pytest.raises(refusal):
        later.merge(stays, ends)


def test_a_record_is_not_merged_with_itself_nor_after_it_ended() -> None:
    stays, ends = f.holder(), f.holder()
    with pytest.raises(MergeWithItself):
        later.merge(stays, stays)
    grant(later.merge(stays, ends))
    for pair in ((stays, ends), (ends, f.holder()), (f.holder(), ends)):
        with pytest.raises(RecordMerged):
            later.merge(*(again(one) for one in pair))


def test_reports_that_stand_on_both_records_stand_on_one() -> None:
    stays, ends = f.holder(), f.holder()
    reports = [f.written_report(f.card(holder)) for holder in (stays, ends)]
    grant(later.merge(stays, ends))
    assert set(LossReport.objects.of(stays).standing(timezone.now())) == set(reports)
    assert Application.objects.of(ends).count() == 0


def test_the_directory_can_still_change_its_key_after_a_merge_and_a_correction(settings: Any) -> None:
    stays, ends = f.holder(), f.holder()
    grant(later.merge(stays, ends))
    call_command("rotate_keys", "--index", verbosity=0)
    assert IdNumberIndex.objects.filter(holder=ends).exists()
    assert Cardholder.objects.by_id_number(ends.id_number) == stays
