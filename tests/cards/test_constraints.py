"""The database refuses every row that cannot be, and a person can read why."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import CheckConstraint, UniqueConstraint
from django.utils import timezone

from cards import services, told
from cards.models import (
    AccessRecord,
    CardNumberIndex,
    Event,
    Export,
    IdNumberIndex,
    IncidentNote,
    IntakeFile,
    IntakeLine,
    LossReport,
    PaperNumber,
    RuleSet,
    SentForm,
    StageStandard,
)
from cards.office_vocabulary import RuleState
from cards.vocabulary import CardType, LossStatus, OutletKind, Party, SocialStatus, Stage
from tests import factories as f
from tests import later
from tests.cards import impossible_messages
from tests.cards.states import PLAIN, application_in, changed, copied, paper
from tests.measured import forecast, monthly_time, special_hours, twice

pytestmark = pytest.mark.django_db


def application(stage: str = "checking", **given: object) -> models.Model:
    return application_in(PLAIN, stage, of=f.holder(), **given)


def exchange(**given: object) -> models.Model:
    card = f.card()
    return application_in(
        PLAIN, "checking", of=card.holder, kind="exchange", exchange_reason="damaged", replaced_card=card, **given
    )


def second_exchange() -> models.Model:
    row = exchange()
    return copied(row, receipt=paper(row.holder))


def second_first() -> models.Model:
    row = f.first_application()
    return copied(row, receipt=paper(row.holder))


def note(**given: object) -> models.Model:
    row = {
        "scope": "bank",
        "bank": f.BankFactory(),
        "text_zh": "系统升级。",
        "text_en": "The system is renewed.",
        "expected_on": date(2026, 4, 1),
        "written_by": f.UserFactory(),
        "written_at": timezone.now(),
    }
    return IncidentNote(**row | given)


def export(**given: object) -> models.Model:
    now = timezone.now()
    row = {
        "content": "applications",
        "reason": "催办",
        "asked_by": f.UserFactory(),
        "asked_at": now,
        "open_until": now,
    }
    return Export(**row | given)


def certificate() -> models.Model:
    report = f.written_report()
    return services.replace_card(
        report, delivery_outlet=f.OutletFactory(), actor=f.at_counter(), evidence=f.everything()
    ).application.certificate


def kept_for_no_time() -> models.Model:
    answer = told.tell(f.holder(), actor=f.on_phone())
    return changed(answer, keep_until=answer.at)


def second_report() -> models.Model:
    report = f.written_report()
    return copied(report, receipt=paper(report.holder, 3))


def cancellation() -> models.Model:
    report = f.written_report()
    evidence = f.everything(card_number=report.card.card_number)
    return services.cancel_loss_report(report, actor=f.at_counter(), evidence=evidence)


def record(**given: object) -> AccessRecord:
    now = timezone.now()
    row = {"channel": "web", "purpose": "enquiry", "outcome": "found", "at": now, "keep_until": now}
    return AccessRecord(**row | given)


def second_event() -> Event:
    return copied(Event.objects.of(f.holder()).get())


def result_file(**given: object) -> IntakeFile:
    row = {"name": "回盘.csv", "columns": "[]", "digest": b"x" * 32, "format": "utf_8", "handed_in_at": timezone.now()}
    return IntakeFile(**row | given)


def second_file() -> IntakeFile:
    result_file().save()
    return result_file(state="checked")


def result_line(**given: object) -> IntakeLine:
    file = result_file()
    file.save()
    return IntakeLine(file=file, line=2, **given)


def sent_twice() -> SentForm:
    form = SentForm(holder=f.holder(), key=uuid.uuid4(), action="accept", content=b"x" * 32, sent_at=timezone.now())
    form.save()
    return copied(form)


def second_looks_alone(name: str, make: Callable[[], models.Model]) -> dict[str, list[Callable[[], models.Model]]]:
    """What a second person must decide is not decided by the first, nor by nobody."""

    def by_whoever_asked() -> models.Model:
        row = make()
        return changed(row, verdict="granted", decided_by=row.asked_by, decided_at=timezone.now())

    return {
        f"{name}_decided_by_another_person": [by_whoever_asked],
        f"{name}_decision_is_whole": [
            lambda: changed(make(), verdict="granted"),
            lambda: changed(make(), decided_by=f.UserFactory()),
            lambda: changed(make(), decided_at=timezone.now()),
            lambda: changed(make(), verdict="perhaps", decided_by=f.UserFactory(), decided_at=timezone.now()),
        ],
    }


def merged_into_itself() -> models.Model:
    row = f.holder()
    return changed(row, merged_into=row)


def merge_of_one() -> models.Model:
    row = later.merge()
    return changed(row, other=row.holder)


# The name of each constraint, and the rows it must refuse.
BAD_ROWS: dict[str, list[Callable[[], models.Model]]] = {
    "application_stage_known": [lambda: changed(application(), stage="lost")],
    "application_stop_fits_stage": [
        lambda: changed(application(), stop="production_failed"),
        lambda: changed(application(), stop="nonsense"),
        lambda: changed(application(), stage="fee_due"),
    ],
    "application_replaced_card_by_kind": [
        lambda: changed(application(), kind="replacement"),
        lambda: changed(application(), kind="exchange", exchange_reason="damaged"),
        lambda: changed(application(), kind="gift"),
    ],
    "application_exchange_has_reason": [
        lambda: changed(exchange(), exchange_reason=""),
        lambda: changed(application(), exchange_reason="damaged"),
    ],
    "application_bank_by_card_type": [
        lambda: changed(application(), bank=None),
        lambda: changed(application(), card_type=CardType.ORDINARY_BLUE),
        lambda: changed(application(), card_type=CardType.ORDINARY_BLUE, bank=None, activation_needed=True),
        lambda: changed(application(), card_type="golden"),
    ],
    "application_card_when_collected": [
        lambda: changed(application("collected"), card=None),
        lambda: changed(application("collected"), stage=Stage.READY),
    ],
    "application_deadline_when_ready": [
        lambda: changed(application("ready"), collect_by=None),
        lambda: changed(application("ready"), ready_at=None),
    ],
    "application_fee_or_exemption": [lambda: changed(application(), fee_yuan=20, fee_exemption="hardship")],
    "application_one_open_per_replaced_card": [second_exchange],
    "application_one_open_first_per_type": [second_first],
    "card_social_status_known": [lambda: changed(f.card(), social_status="melted")],
    "card_bank_function_only_on_financial_cards": [
        lambda: changed(f.card(), bank=None),
        lambda: changed(f.card(), bank_status="none"),
        lambda: changed(f.card(card_type=CardType.ORDINARY_BLUE), bank=f.BankFactory()),
        lambda: changed(f.card(card_type=CardType.ORDINARY_YELLOW), bank_status="active"),
    ],
    "card_number_index_key_digest": [lambda: copied(CardNumberIndex.objects.get(card=f.card()))],
    "event_one_per_place_in_the_chain": [second_event],
    "access_record_holder_or_digest": [
        record,
        lambda: record(holder=f.holder(), subject_digest=b"x" * 32),
    ],
    "answer_kept_after_it_was_told": [kept_for_no_time],
    "follow_up_outlet_fits_kind": [
        lambda: changed(f.call_back(), outlet=f.OutletFactory()),
        lambda: changed(f.visit(f.OutletFactory()), outlet=None),
    ],
    "follow_up_settled_with_outcome": [
        lambda: changed(f.call_back(), outcome="reached"),
        lambda: changed(f.call_back(), settled_at=timezone.now()),
    ],
    "loss_report_lapse_only_if_oral": [
        lambda: changed(f.oral_report(), lapses_at=None),
        lambda: changed(f.written_report(), lapses_at=timezone.now()),
        lambda: changed(f.oral_report(), form="sung"),
    ],
    "loss_report_state_fits_form": [
        lambda: changed(f.written_report(), status=LossStatus.LAPSED, ended_at=timezone.now()),
        lambda: changed(f.written_report(), status=LossStatus.FORMALISED, ended_at=timezone.now()),
        lambda: changed(f.oral_report(), status="forgotten", ended_at=timezone.now()),
    ],
    "loss_report_ended_when_not_standing": [
        lambda: changed(f.oral_report(), ended_at=timezone.now()),
        lambda: changed(f.oral_report(), status=LossStatus.LAPSED),
    ],
    "loss_report_one_open_per_card": [second_report],
    "cancellation_by_a_person": [
        *(lambda party=party: changed(cancellation(), party=party) for party in (Party.OFFICE, Party.SYSTEM))
    ],
    "rule_set_reviewed_by_another": [
        lambda: (lambda user: changed(RuleSet.objects.get(), drafted_by=user, reviewed_by=user))(f.UserFactory())
    ],
    "rule_set_in_force_only_reviewed": [
        lambda: changed(RuleSet.objects.get(), drafted_by=f.UserFactory()),
        lambda: changed(RuleSet.objects.get(), state=RuleState.REVIEWED),
    ],
    "rule_set_draft_not_reviewed": [
        lambda: changed(RuleSet.objects.get(), state=RuleState.DRAFT, reviewed_by=f.UserFactory())
    ],
    "situation_table_released_by_another": [lambda: later.situation_table(f.UserFactory(), timezone.now())],
    "situation_table_released_with_moment": [lambda: later.situation_table(f.UserFactory(), None, f.UserFactory())],
    "rule_set_one_begins_on_a_day": [lambda: changed(copied(RuleSet.objects.get()), version="another")],
    "paper_kind_known": [lambda: changed(PaperNumber.objects.get(pk=paper(f.holder()).pk), kind=9)],
    "certificate_used_after_issue": [
        lambda: (lambda row: changed(row, used_at=row.issued_at - timedelta(seconds=1)))(certificate())
    ],
    "id_number_index_key_digest": [lambda: copied(IdNumberIndex.objects.get(holder=f.holder()))],
    "stage_standard_once": [lambda: copied(StageStandard.objects.first())],
    "forecast_once": [lambda: twice(forecast)],
    "forecast_half_before_most": [lambda: forecast(half_days=6)],
    "outlet_both_coordinates": [lambda: f.OutletFactory.build(latitude=36)],
    "special_hours_end_after_begin": [lambda: special_hours(f.OutletFactory())],
    "monthly_time_once": [lambda: twice(monthly_time)],
    "monthly_time_half_before_most": [lambda: monthly_time(half_days=6)],
    "intake_file_once": [second_file],
    "intake_file_confirmed_before_recorded": [
        lambda: result_file(state="applying"),
        lambda: result_file(state="done", confirmed_at=timezone.now()),
        lambda: result_file(state="eaten"),
    ],
    "intake_line_refused_with_its_reason": [
        lambda: result_line(state="refused"),
        lambda: result_line(state="ready"),
        lambda: (lambda row: result_line(state="applied", holder=row.holder))(application()),
        lambda: (lambda row: result_line(state="ready", holder=row.holder, application=row, fault="repeated"))(
            application()
        ),
    ],
    "outlet_bank_only_at_bank_outlets": [
        lambda: changed(f.OutletFactory(), bank=f.BankFactory()),
        lambda: changed(f.OutletFactory(of_bank=True), bank=None),
        lambda: changed(f.OutletFactory(of_bank=True), kind=OutletKind.AGENCY),
    ],
    "incident_note_names_its_scope": [
        lambda: note(bank=None),
        lambda: note(outlet=f.OutletFactory()),
        lambda: note(produced_until=date(2026, 3, 1)),
        lambda: note(scope="outlet"),
        lambda: note(scope="batch", bank=None),
        lambda: note(scope="batch", bank=None, produced_from=date(2026, 3, 1)),
        lambda: note(scope="batch", bank=None, produced_from=date(2026, 3, 2), produced_until=date(2026, 3, 1)),
        lambda: note(scope="all"),
    ],
    "incident_note_ended_by_somebody": [
        lambda: note(ended_at=timezone.now()),
        lambda: note(ended_by=f.UserFactory()),
    ],
    "export_released_by_another": [
        lambda: (lambda row: changed(row, released_by=row.asked_by, released_at=timezone.now()))(export())
    ],
    "export_decided_once": [
        lambda: export(released_by=f.UserFactory()),
        lambda: export(released_at=timezone.now()),
        lambda: export(released_by=f.UserFactory(), released_at=timezone.now(), refused_at=timezone.now()),
    ],
    "export_stage_only_of_applications": [
        lambda: export(content="reports", stage="sending"),
        lambda: export(content="reports", outlet=f.OutletFactory()),
    ],
}
BAD_ROWS |= (
    second_looks_alone("override", later.asked)
    | second_looks_alone("amendment", later.amendment)
    | second_looks_alone("merge", later.merge)
    | second_looks_alone("dispute", later.dispute)
    | impossible_messages.ROWS
    | {
        "override_used_only_if_granted": [lambda: changed(later.asked(), used_at=timezone.now())],
        "merge_of_two_records": [merge_of_one],
        "cardholder_not_merged_into_itself": [merged_into_itself],
        "sent_form_once": [sent_twice],
    }
)
ROWS = [(name, make) for name, makers in BAD_ROWS.items() for make in makers]
NAMED = [f"{name}-{BAD_ROWS[name].index(make) + 1}" for name, make in ROWS]


def constraints() -> dict[str, tuple[type[models.Model], models.BaseConstraint]]:
    found = apps.get_app_config("cards").get_models()
    return {one.name: (model, one) for model in found for one in model._meta.constraints}


def test_every_constraint_of_the_models_is_tried() -> None:
    assert set(BAD_ROWS) == set(constraints())


@pytest.mark.parametrize(("name", "make"), ROWS, ids=NAMED)
def test_the_database_refuses_the_row(name: str, make: Callable[[], models.Model]) -> None:
    row = make()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        row.save()
    model, constraint = constraints()[name]
    assert isinstance(row, model)
    if isinstance(constraint, CheckConstraint) or connection.vendor == "postgresql":
        assert name in str(refused.value)
    else:
        columns = {model._meta.get_field(field).column for field in constraint.fields}
        assert all(f"{model._meta.db_table}.{column}" in str(refused.value) for column in columns)


@pytest.mark.parametrize(("name", "make"), ROWS, ids=NAMED)
def test_validation_tells_why_in_words(name: str, make: Callable[[], models.Model]) -> None:
    row = make()
    model, constraint = constraints()[name]
    with pytest.raises(ValidationError) as refused:
        constraint.validate(model, row)
    told = " ".join(refused.value.messages)
    assert told
    assert name not in told


def test_unique_constraints_with_a_condition_bring_their_own_words() -> None:
    for _model, constraint in constraints().values():
        if isinstance(constraint, UniqueConstraint) and constraint.condition is not None:
            assert constraint.violation_error_message != constraint.default_violation_error_message


def test_a_lapsed_report_makes_room_for_the_next() -> None:
    report = f.oral_report()
    LossReport.objects.filter(pk=report.pk).update(status=LossStatus.LAPSED, ended_at=timezone.now())
    report.card.social_status = SocialStatus.NORMAL
    report.card.save()
    assert f.oral_report(report.card).status == LossStatus.STANDING


def test_two_rule_sets_cannot_bear_one_version() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        copied(RuleSet.objects.get()).save()
