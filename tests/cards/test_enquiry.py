"""The one look-up: policies, records, work, codes, what is shown."""

import uuid
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cards import enquiry, services
from cards.case_file import Opening
from cards.case_reading import read_case, read_everything
from cards.enquiry import open_with_code, staff_find
from cards.models import AccessRecord, Application, Card, Cardholder, IdNumberIndex, PaperNumber
from cards.vocabulary import AccessPurpose, CardType, Channel, PaperKind, Stage
from tests import factories as f
from tests.cards.asking import FOUND, HOME, LATER, NEIGHBOUR, NONE, POLICIES, WEB, ask, wrong_code
from tests.cards.states import PLAIN, application_in, paper
from tests.harness.environment import test_key as key_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]

# --- policies -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", ["right", "wrong", "missing"])
@pytest.mark.parametrize("code", ["right", "wrong", "malformed", "missing"])
@pytest.mark.parametrize("number", ["known", "unknown"])
def test_what_each_policy_opens(
    policy: str, name: str, code: str, number: str, settings: Any, case: Application
) -> None:
    settings.ENQUIRY_POLICY = policy
    right = case.receipt.query_code
    opening = ask(
        case.holder.id_number if number == "known" else f.synthetic_id_number(),
        code={"right": right, "wrong": wrong_code(right), "malformed": "12", "missing": ""}[code],
        name={"right": "古丽・买买提", "wrong": "张三", "missing": ""}[name],
    )
    opens = (
        number == "known"
        and {
            "number": True,
            "number_and_name": name == "right",
            "number_and_code": code == "right",
        }[policy]
    )
    assert opening.outcome == (FOUND if opens else NONE)
    assert opening.holder_id == (case.holder_id if opens else uuid.UUID(int=0))
    assert opening.paper == (case.receipt_id if opens and code == "right" else "")
    assert opening.code_missed == (opens and code in ("wrong", "malformed"))
    full = read_case(opening)
    assert bool(full.opened) == (opens and code == "right")


def misses(case: Application) -> dict[str, tuple[str, str, str]]:
    """Every way to miss under a strict policy: number, code, name."""
    right, number, unknown = case.receipt.query_code, case.holder.id_number, f.synthetic_id_number()
    erased = f.first_application()
    gone, gone_code = erased.holder.id_number, erased.receipt.query_code
    IdNumberIndex.objects.filter(holder=erased.holder).delete()
    return {
        "unknown number": (unknown, right, "古丽·买买提"),
        "wrong name and code": (number, wrong_code(right), "张三"),
        "malformed code": (number, "12", "张三"),
        "erased": (gone, gone_code, "张三"),
        "another person's code": (f.first_application().holder.id_number, right, "李四"),
    }


@pytest.mark.parametrize("policy", POLICIES[1:])
def test_under_a_strict_policy_every_miss_is_the_same_in_answer_work_and_record(
    policy: str, settings: Any, case: Application
) -> None:
    settings.ENQUIRY_POLICY = policy
    seen = set()
    for number, code, name in misses(case).values():
        before = set(AccessRecord.objects.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as queries:
            opening = ask(number, code, name, network=f"192.0.2.{len(seen) + 10}")
        record = AccessRecord.objects.exclude(pk__in=before).get()
        shape = (record.holder_id, len(record.subject_digest), record.outcome, record.purpose, record.user_id)
        verbs = tuple(query["sql"].split()[0] for query in queries)
        seen.add((opening, *shape, record.keep_until - record.at, record.channel, verbs))
    assert len(seen) == 1
    assert next(iter(seen))[0] == Opening(NONE)


def test_two_spellings_of_one_name_are_one_name(settings: Any, case: Application) -> None:
    settings.ENQUIRY_POLICY = "number_and_name"
    settings.LIMIT_PAIR_MISSES = 100
    for name in ("古丽·买买提", "古丽•买买提", "古丽．买买提", " 古丽 . 买买提 ", "古丽\u200b·买买提"):
        assert ask(case.holder.id_number, name=name).outcome == FOUND, name
    for name in ("古丽买买提", "古丽", "\ud800", "", "古丽·买买提" * 100):
        assert ask(case.holder.id_number, name=name).outcome == NONE, name


# --- what is left behind ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "purpose"), [("", AccessPurpose.ENQUIRY), ("right", AccessPurpose.FULL_ENQUIRY), ("12", "enquiry")]
)
def test_a_hit_leaves_a_record_the_holder_can_read(case: Application, code: str, purpose: str) -> None:
    ask(case.holder.id_number, case.receipt.query_code if code == "right" else code)
    record = AccessRecord.objects.get()
    assert (record.holder, record.subject_digest) == (case.holder, None)
    assert (record.purpose, record.outcome, record.channel) == (purpose, FOUND, Channel.WEB)
    assert record.keep_until - record.at == timedelta(days=3 * 365)


def test_a_number_that_is_not_in_the_data_leaves_only_its_digest_for_thirty_days() -> None:
    number = f.synthetic_id_number()
    ask(number)
    record = AccessRecord.objects.get()
    assert record.holder is None
    assert len(record.subject_digest) == 32
    assert record.keep_until - record.at == timedelta(days=30)
    assert number.encode() not in bytes(record.subject_digest)
    assert record.outcome == NONE


def test_staff_and_citizens_leave_one_digest_for_one_number() -> None:
    number, clerk = f.synthetic_id_number(), f.at_office()
    ask(number)
    assert staff_find(number, actor=clerk) is None
    digests = {bytes(record.subject_digest) for record in AccessRecord.objects.all()}
    assert len(digests) == 1


def test_staff_who_find_a_person_are_on_record(case: Application) -> None:
    clerk = f.at_office()
    assert staff_find(f" {case.holder.id_number} ", actor=clerk) == case.holder
    record = AccessRecord.objects.get()
    assert (record.holder, record.user, record.purpose) == (case.holder, clerk.user, AccessPurpose.STAFF_FIND)


def test_being_asked_to_wait_leaves_a_record_too(case: Application, settings: Any) -> None:
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 1
    ask(case.holder.id_number)
    assert ask(case.holder.id_number).outcome == LATER
    assert sorted(AccessRecord.objects.values_list("outcome", flat=True)) == ["found", "later"]


# --- work ---------------------------------------------------------------------------------------------------------

BY_NUMBER = 5
BY_CODE = 6


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("kind", ["hit", "miss"])
def test_a_look_up_takes_at_most_six_statements(policy: str, kind: str, settings: Any, case: Application) -> None:
    settings.ENQUIRY_POLICY = policy
    number = case.holder.id_number if kind == "hit" else f.synthetic_id_number()
    code = case.receipt.query_code
    Cardholder.objects.get(pk=case.holder_id)
    for given, allowed in (("", BY_NUMBER), (code, BY_CODE)):
        with CaptureQueriesContext(connection) as queries:
            ask(number, given, "古丽·买买提")
        assert len(queries) == allowed, [query["sql"][:60] for query in queries]


def test_an_answer_takes_one_statement_for_an_outline_and_four_in_full(
    case: Application, django_assert_num_queries: Any
) -> None:
    outline, full = ask(case.holder.id_number), ask(case.holder.id_number, case.receipt.query_code)
    report = f.oral_report()
    with_card = ask(report.holder.id_number, report.receipt.query_code)
    read_case(full)  # outlets and banks are remembered from the first answer on
    # Whoever has no card has no loss report to be read.
    for opening, statements in ((outline, 1), (full, 3), (with_card, 4)):
        with django_assert_num_queries(statements):
            read_case(opening)


# --- the directory ------------------------------------------------------------------------------------------------


def test_a_person_entered_under_an_old_index_key_is_still_found(case: Application, settings: Any) -> None:
    number, code = case.holder.id_number, case.receipt.query_code
    settings.INDEX_KEYS = f"test-9:HS256:{key_for('index 9')},{settings.INDEX_KEYS}"
    new = f.holder()
    assert ask(number).holder_id == case.holder_id
    assert ask(number, code).paper == case.receipt_id
    assert ask(new.id_number).holder_id == new.pk
    assert set(IdNumberIndex.objects.values_list("key_id", flat=True)) == {"test-1", "test-9"}
    with pytest.raises(Exception, match="PersonAlreadyRegistered"):
        f.holder(id_number=number)


def test_a_paper_whose_key_has_left_opens_nothing_and_breaks_nothing(case: Application, settings: Any) -> None:
    code = case.receipt.query_code
    PaperNumber.objects.filter(pk=case.receipt_id).update(code_key_id="gone")
    opening = ask(case.holder.id_number, code)
    assert (opening.outcome, opening.paper, opening.code_missed) == (FOUND, "", True)


# --- codes --------------------------------------------------------------------------------------------------------


def test_a_code_issued_anew_voids_the_old_one_at_once(case: Application) -> None:
    number, old = case.holder.id_number, case.receipt.query_code
    opening = ask(number, old)
    assert read_case(opening).opened
    services.reissue_code(case, actor=f.at_counter(), evidence=f.everything())
    dropped = read_case(opening)
    assert (dropped.opened, dropped.paper_void, len(dropped.applications)) == (set(), True, 1)
    assert not any((dropped.cards, dropped.reports, dropped.accesses))
    assert ask(number, old).code_missed
    new = PaperNumber.objects.get(pk=case.receipt_id).query_code
    assert new != old
    assert read_case(ask(number, new)).opened == {case.pk}


def test_the_code_of_one_person_opens_nobody_else(settings: Any) -> None:
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = settings.LIMIT_NETWORK_SUBJECTS_PER_HOUR = 1000
    cases = [f.first_application() for _ in range(4)]
    for asked, shown in product(cases, cases):
        opening = ask(asked.holder.id_number, shown.receipt.query_code)
        assert opening.paper == (asked.receipt_id if asked == shown else "")
        assert read_case(opening).opened == ({asked.pk} if asked == shown else set())


def test_a_code_opens_its_own_case_and_no_other_of_the_same_person() -> None:
    holder = f.holder()
    first, second = f.first_application(holder), f.first_application(holder, card_type=CardType.ORDINARY_BLUE)
    case = read_case(ask(holder.id_number, second.receipt.query_code))
    assert {one.pk for one in case.applications} == {first.pk, second.pk}
    assert case.opened == {second.pk}


def test_the_code_of_a_loss_report_opens_its_card_and_reports_only() -> None:
    holder = f.holder()
    lost, other = f.card(holder), f.card(holder)
    report = f.oral_report(lost)
    case = read_case(ask(holder.id_number, report.receipt.query_code))
    assert case.cards == [lost]
    assert case.opened == {lost.pk, report.pk}
    assert other.pk not in case.opened


def test_the_code_of_a_certificate_opens_the_replacement_until_the_card_is_collected() -> None:
    report = f.written_report()
    made = services.replace_card(
        report,
        delivery_outlet=f.OutletFactory(),
        actor=f.at_counter(),
        evidence=f.everything(),
        fee_exemption="quality_fault",
    )
    number, certificate = report.holder.id_number, made.application.certificate.paper
    opening = ask(number, certificate.query_code)
    assert made.application.pk in read_case(opening).opened
    f.walk_to(made.application, Stage.COLLECTED)
    assert read_case(opening).paper_void
    assert ask(number, certificate.query_code).code_missed


@pytest.mark.parametrize("kind", [PaperKind.ANSWER, PaperKind.MESSAGE])
def test_an_answer_or_message_number_opens_nothing(kind: int, case: Application) -> None:
    other = paper(case.holder, kind)
    opening = ask(case.holder.id_number, other.query_code)
    assert (opening.paper, opening.code_missed) == ("", True)
    for _ in range(30):
        paper(case.holder, kind)
    assert ask(case.holder.id_number, case.receipt.query_code, network=NEIGHBOUR).paper == case.receipt_id


def test_the_outline_can_be_opened_further_with_a_code(case: Application) -> None:
    outline = ask(case.holder.id_number)
    opening = open_with_code(outline.holder_id, case.receipt.query_code, network=HOME, actor=WEB)
    assert read_case(opening).opened == {case.pk}
    assert open_with_code(outline.holder_id, "12", network=HOME, actor=WEB).code_missed
    assert open_with_code(uuid.uuid4(), case.receipt.query_code, network=HOME, actor=WEB).outcome == NONE


# --- what is shown ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize(("days", "shown"), [(89, True), (91, False)])
def test_a_finished_case_is_shown_for_ninety_days_and_an_open_one_always(stage: str, days: int, shown: bool) -> None:
    stop = "fee_unpaid" if stage == Stage.FEE_DUE else ""
    row = application_in(PLAIN, stage, stop, of=f.holder())
    Application.objects.filter(pk=row.pk).update(stage_since=timezone.now() - timedelta(days=days))
    from cards.workflow import OPEN

    found = read_case(ask(row.holder.id_number)).applications
    assert bool(found) == (shown or stage in OPEN)


def test_the_code_still_opens_a_case_that_ended_long_ago() -> None:
    row = application_in(PLAIN, Stage.COLLECTED, of=f.holder())
    Application.objects.filter(pk=row.pk).update(stage_since=timezone.now() - timedelta(days=400))
    case = read_case(ask(row.holder.id_number, row.receipt.query_code))
    assert not case.paper_void
    assert case.opened == {row.pk, row.card_id}


def test_staff_read_everything_in_full() -> None:
    holder = f.holder()
    old = application_in(PLAIN, Stage.COLLECTED, of=holder)
    Application.objects.filter(pk=old.pk).update(stage_since=timezone.now() - timedelta(days=400))
    report = f.oral_report(f.card(holder))
    case = read_everything(holder)
    assert case.opened == {old.pk, report.pk, *Card.objects.of(holder).values_list("pk", flat=True)}


def test_a_miss_reads_nothing_of_anybody(case: Application) -> None:
    empty = read_case(ask(f.synthetic_id_number()))
    assert not any((empty.applications, empty.cards, empty.reports, empty.accesses, empty.opened))
    assert uuid.UUID(int=0) == enquiry.NOBODY
