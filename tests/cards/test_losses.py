"""Loss reports, their cancelling, lapse and the replacement: each rule, its refusal and its sentence (S5–S12)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from cards import services
from cards.actors import Actor, Proof
from cards.enquiry import read_everything
from cards.errors import (
    ActivationNotNeeded,
    AgentIsHolder,
    AgentTooYoung,
    AgentUnnamed,
    AnotherCard,
    ApplicationOpenAlready,
    BankMissing,
    CardCannotBeReported,
    CardNumberInvalid,
    CardNumberTaken,
    CardTypeNotForAge,
    CertificateNumberWrong,
    CertificateUsed,
    ChannelNotAllowed,
    EvidenceMissing,
    ExchangeReasonMissing,
    FormalReportIsFinal,
    FormalReportNeeded,
    GuardianIsHolder,
    GuardianNotApplicable,
    GuardianTooYoung,
    GuardianUnnamed,
    HolderMustComeInPerson,
    LostCardNeedsReplacement,
    NoReportStanding,
    NotPossibleNow,
    OralReportRepeatedTooOften,
    OrdinaryCardNotReplaced,
    OriginalCardMissing,
    OutletDoesNotDoThis,
    OutletUnknown,
    PreparedElsewhere,
    ReasonMissing,
    Refusal,
    ReplacementAlreadyStarted,
    ReplacementOpenAlready,
    ReportStandsAlready,
    WrongPerson,
    WrongPlaceForReplacement,
)
from cards.id_number import IdNumberProblem, age_on
from cards.memory import forget_all
from cards.models import Application, Card, CardCertificate, EventDetail, LossReport, OfficeDay, Replacement, RuleSet
from cards.rules import CHINA
from cards.vocabulary import (
    ApplicationKind,
    BankStatus,
    CardType,
    Channel,
    Evidence,
    FeeExemption,
    LossForm,
    LossStatus,
    Party,
    ReplacementRoute,
    SocialStatus,
    Stage,
)
from tests import factories as f

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 2)
ORDINARY = (CardType.ORDINARY_BLUE, CardType.ORDINARY_YELLOW)
FINANCIAL = (CardType.FINANCIAL_BLUE, CardType.FINANCIAL_PREFERENTIAL_BLUE)


@pytest.fixture(autouse=True)
def monday_morning(clock: Any) -> None:
    clock("2026-03-02 09:30")


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def put_rules_in_force(**data: Any) -> None:
    """Another place's rules, in force from today."""
    RuleSet.objects.create(
        version="other-place",
        valid_from=TODAY,
        state="in_force",
        citation_zh="地方规定",
        citation_en="Local",
        data=data,
    )
    forget_all()


def assert_readable(refusal: Refusal, rule: str) -> None:
    """A refusal names its rule and has a whole sentence in both languages."""
    assert refusal.rule == rule
    with translation.override("en"):
        english = refusal.sentence
    with translation.override("zh-hans"):
        chinese = refusal.sentence
    assert english.endswith(".")
    assert "%" not in english
    assert chinese.endswith("。")
    assert "%" not in chinese
    assert chinese != english


def report(card: Card, form: str = LossForm.WRITTEN, actor: Actor | None = None, **proof: Any) -> LossReport:
    actor = actor or (f.on_phone() if form == LossForm.ORAL else f.at_counter())
    return services.report_loss(card, form=form, actor=actor, evidence=f.everything(**proof))


def cancel(loss: LossReport, actor: Actor | None = None, **proof: Any) -> Any:
    proof = {"card_number": loss.card.card_number} | proof
    return services.cancel_loss_report(loss, actor=actor or f.at_counter(), evidence=f.everything(**proof))


def replace(loss: LossReport, actor: Actor | None = None, **given: Any) -> Replacement:
    given = {"delivery_outlet": f.OutletFactory(), "evidence": f.everything()} | given
    return services.replace_card(loss, actor=actor or f.at_counter(), **given)


def accept(holder: Any, **given: Any) -> Application:
    row = {
        "kind": ApplicationKind.FIRST,
        "card_type": CardType.FINANCIAL_BLUE,
        "delivery_outlet": f.OutletFactory(of_bank=True),
        "actor": f.at_counter(),
        "evidence": f.everything(),
    }
    return services.accept_application(holder, **row | given)


def person_aged(years: int, plus_days: int = 0) -> str:
    """The ID number of somebody who turns `years` today, or some days earlier (plus) or later (minus)."""
    from cards import id_number

    born = date(TODAY.year - years, TODAY.month, TODAY.day) - timedelta(days=plus_days)
    return id_number.compose("119999", born, next(f._order) % 900 + 1)


# --- S9: the agent and the guardian -------------------------------------------------------------------------------

AGENT_REFUSALS = [
    ("no name", {"agent_name": " ", "agent_id_number": "adult"}, AgentUnnamed),
    ("no number", {"agent_name": "李四", "agent_id_number": ""}, AgentUnnamed),
    ("the holder's own number", {"agent_name": "李四", "agent_id_number": "holder"}, AgentIsHolder),
    ("the holder's number, typed otherwise", {"agent_name": "李四", "agent_id_number": "spaced"}, AgentIsHolder),
    ("eighteen tomorrow", {"agent_name": "李四", "agent_id_number": "minor"}, AgentTooYoung),
]


def agents_proof(given: dict[str, str], holder: Any, seen: Any = f.ALL_EVIDENCE) -> Proof:
    numbers = {
        "adult": person_aged(40),
        "eighteen": person_aged(18),
        "minor": person_aged(18, plus_days=-1),
        "holder": holder.id_number,
        "spaced": " ".join(holder.id_number),
        "": "",
    }
    return Proof(
        seen,
        agent_name=given["agent_name"],
        agent_id_number=numbers[given["agent_id_number"]],
        certificate_number=given.get("certificate_number", ""),
        card_number="NEWCARD0001",
    )


def acts_of_an_agent(holder: Any) -> dict[str, Any]:
    """Everything an agent may do, each on a case of its own, by name."""
    agent = f.at_counter(party=Party.AGENT)
    to_report, to_replace = f.card(holder), f.written_report(f.card(holder))
    ready = f.walk_to(f.first_application(holder), Stage.READY)
    return {
        "accept": lambda proof: accept(holder, card_type=CardType.ORDINARY_YELLOW, actor=agent, evidence=proof),
        "report": lambda proof: services.report_loss(
            Card.objects.get(pk=to_report.pk), form=LossForm.WRITTEN, actor=agent, evidence=proof
        ),
        "replace": lambda proof: replace(LossReport.objects.get(pk=to_replace.pk), actor=agent, evidence=proof),
        "hand over": lambda proof: services.hand_over(
            Application.objects.get(pk=ready.pk), actor=agent, evidence=proof
        ),
        "reissue": lambda proof: services.reissue_code(
            Application.objects.get(pk=ready.pk), actor=agent, evidence=proof
        ),
    }


@pytest.mark.parametrize("given", AGENT_REFUSALS, ids=lambda given: given[0])
@pytest.mark.parametrize("act", ["accept", "report", "replace", "hand over", "reissue"])
def test_an_agent_is_refused_by_rule_s9(act: str, given: tuple[str, dict[str, str], type[Refusal]]) -> None:
    holder = f.holder()
    acts = acts_of_an_agent(holder)
    with pytest.raises(given[2]) as refused:
        acts[act](agents_proof(given[1], holder))
    assert_readable(refused.value, "S9")


@pytest.mark.parametrize("age", ["eighteen", "adult"])
@pytest.mark.parametrize("act", ["accept", "report", "replace", "hand over", "reissue"])
def test_an_agent_who_is_eighteen_today_may_act(act: str, age: str) -> None:
    holder = f.holder()
    acts_of_an_agent(holder)[act](agents_proof({"agent_name": "李四", "agent_id_number": age}, holder))


def test_the_agents_number_must_be_an_id_number() -> None:
    card = f.card()
    with pytest.raises(IdNumberProblem):
        report(card, actor=f.at_counter(party=Party.AGENT), agent_name="李四", agent_id_number="110101")


@pytest.mark.parametrize("act", ["accept", "report", "replace", "hand over", "reissue"])
def test_an_agent_without_the_own_original_document_is_refused(act: str) -> None:
    holder = f.holder()
    acts = acts_of_an_agent(holder)
    seen = f.ALL_EVIDENCE - {Evidence.AGENT_ID_ORIGINAL}
    with pytest.raises(EvidenceMissing) as refused:
        acts[act](agents_proof({"agent_name": "李四", "agent_id_number": "adult"}, holder, seen))
    assert_readable(refused.value, "S9")


def test_a_replacement_through_an_agent_needs_copies_of_both_documents() -> None:
    holder = f.holder()
    proof = agents_proof(
        {"agent_name": "李四", "agent_id_number": "adult"}, holder, f.ALL_EVIDENCE - {Evidence.ID_COPIES}
    )
    with pytest.raises(EvidenceMissing) as refused:
        acts_of_an_agent(holder)["replace"](proof)
    assert str(Evidence.ID_COPIES.label) in refused.value.sentence


@pytest.mark.parametrize("act", ["accept", "report", "replace", "hand over", "reissue"])
def test_who_the_agent_was_stays_on_record_sealed(act: str) -> None:
    holder = f.holder()
    proof = agents_proof({"agent_name": "李四", "agent_id_number": "adult"}, holder)
    acts_of_an_agent(holder)[act](proof)
    rows = [detail.text for detail in EventDetail.objects.filter(holder=holder)]
    rows += [
        f"{row.agent_name} {row.agent_id_number}"
        for model in (LossReport, Replacement)
        for row in model.objects.filter(holder=holder)
    ]
    assert any("李四" in row and proof.agent_id_number in row for row in rows)


MOTHER = {"agent_name": "王芳", "agent_id_number": person_aged(40)}


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({}, GuardianUnnamed),
        (MOTHER | {"agent_id_number": person_aged(18, plus_days=-1)}, GuardianTooYoung),
        (MOTHER | {"agent_id_number": "the child"}, GuardianIsHolder),
    ],
)
def test_a_guardian_is_identified_like_an_agent(given: dict[str, str], refusal: type[Refusal]) -> None:
    child = f.holder(id_number=person_aged(9))
    if given.get("agent_id_number") == "the child":
        given = given | {"agent_id_number": child.id_number}
    with pytest.raises(refusal) as refused:
        report(f.card(child), actor=f.at_counter(party=Party.GUARDIAN), **given)
    assert_readable(refused.value, "S9")


@pytest.mark.parametrize(("age", "allowed"), [(0, True), (15, True), (16, False), (40, False)])
def test_a_guardian_acts_only_for_a_holder_under_sixteen(age: int, allowed: bool) -> None:
    card = f.card(f.holder(id_number=person_aged(age)))
    guardian = f.at_counter(party=Party.GUARDIAN)
    if allowed:
        made = report(card, actor=guardian, **MOTHER)
        assert made.party == Party.GUARDIAN
        assert LossReport.objects.get(pk=made.pk).agent_name == MOTHER["agent_name"]
    else:
        with pytest.raises(GuardianNotApplicable) as refused:
            report(card, actor=guardian, **MOTHER)
        assert_readable(refused.value, "S9")
        assert "16" in refused.value.sentence


def test_a_holder_is_under_sixteen_until_the_last_day() -> None:
    holder = f.holder(id_number=person_aged(16, plus_days=-1))
    assert age_on(holder.id_number, TODAY) == 15
    assert report(f.card(holder), actor=f.at_counter(party=Party.GUARDIAN), **MOTHER).party == Party.GUARDIAN


def test_ages_follow_the_rules_of_the_place() -> None:
    put_rules_in_force(agent_minimum_age=20, guardian_below_age=14)
    card = f.card(f.holder(id_number=person_aged(15)))
    with pytest.raises(GuardianNotApplicable):
        report(card, actor=f.at_counter(party=Party.GUARDIAN))
    with pytest.raises(AgentTooYoung) as refused:
        report(card, actor=f.at_counter(party=Party.AGENT), agent_name="李四", agent_id_number=person_aged(19))
    assert "20" in refused.value.sentence


# --- S5: reporting ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", Channel)
def test_a_written_report_is_made_at_the_window_only(channel: Channel) -> None:
    actor = Actor(Party.HOLDER, channel, f.UserFactory(), f.OutletFactory())
    if channel == Channel.COUNTER:
        assert report(f.card(), actor=actor).form == LossForm.WRITTEN
        return
    with pytest.raises(ChannelNotAllowed) as refused:
        report(f.card(), actor=actor)
    assert_readable(refused.value, "S9")


@pytest.mark.parametrize(
    ("standing", "form"),
    [(LossForm.ORAL, LossForm.ORAL), (LossForm.WRITTEN, LossForm.ORAL), (LossForm.WRITTEN, LossForm.WRITTEN)],
)
def test_a_second_report_while_one_stands_is_refused(standing: str, form: str) -> None:
    card = f.card()
    report(card, standing)
    with pytest.raises(ReportStandsAlready) as refused:
        report(card, form)
    assert_readable(refused.value, "S5")


def test_a_written_report_follows_an_oral_one_and_remembers_the_state_before_both() -> None:
    card = f.card(social_status=SocialStatus.LOCKED)
    oral = report(card, LossForm.ORAL)
    written = report(card)
    oral.refresh_from_db()
    assert oral.status == LossStatus.FORMALISED
    assert written.card_status_before == SocialStatus.LOCKED
    cancel(written)
    card.refresh_from_db()
    assert card.social_status == SocialStatus.LOCKED


@pytest.mark.parametrize("form", LossForm)
def test_a_void_card_need_not_be_reported(form: str) -> None:
    with pytest.raises(CardCannotBeReported) as refused:
        report(f.card(social_status=SocialStatus.CANCELLED), form)
    assert_readable(refused.value, "S5")


def test_an_oral_report_may_be_repeated_once_in_thirty_days(clock: Any) -> None:
    card = f.card()
    report(card, LossForm.ORAL)
    clock("2026-03-11 08:00")
    second = report(card, LossForm.ORAL)
    assert LossReport.objects.filter(card=card, status=LossStatus.LAPSED).count() == 1
    clock("2026-03-20 08:00")
    with pytest.raises(OralReportRepeatedTooOften) as refused:
        report(card, LossForm.ORAL)
    assert_readable(refused.value, "S5")
    assert "30" in refused.value.sentence
    assert "2" in refused.value.sentence
    second.refresh_from_db()
    assert second.status_at(timezone.now()) == LossStatus.LAPSED


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [("2026-03-31 23:59", False), ("2026-04-01 00:01", True), ("2026-04-01 09:29", True), ("2026-04-10 09:30", True)],
)
def test_the_thirty_days_are_calendar_days_in_china(clock: Any, moment: str, allowed: bool) -> None:
    card = f.card()
    report(card, LossForm.ORAL)
    clock("2026-03-12 23:50")
    report(card, LossForm.ORAL)
    clock(moment)
    if allowed:
        assert report(card, LossForm.ORAL).status == LossStatus.STANDING
    else:
        with pytest.raises(OralReportRepeatedTooOften):
            report(card, LossForm.ORAL)


def test_a_cancelled_oral_report_counts_as_made_and_another_card_does_not() -> None:
    card = f.card()
    for _again in range(2):
        cancel(report(card, LossForm.ORAL))
    with pytest.raises(OralReportRepeatedTooOften):
        report(card, LossForm.ORAL)
    assert report(f.card(card.holder), LossForm.ORAL).status == LossStatus.STANDING
    assert report(card).status == LossStatus.STANDING


# --- S5: the lapse ------------------------------------------------------------------------------------------------

PROFILES: list[tuple[str, dict[str, Any], str, str]] = [
    ("seven days from the next", {}, "2026-03-02 09:30", "2026-03-10 00:00"),
    ("a minute before midnight", {}, "2026-03-02 23:59", "2026-03-10 00:00"),
    ("a minute after midnight", {}, "2026-03-03 00:01", "2026-03-11 00:00"),
    ("the day itself counts", {"oral_counts_from_next_day": False}, "2026-03-02 09:30", "2026-03-09 00:00"),
    ("over a leap day", {}, "2028-02-27 10:00", "2028-03-06 00:00"),
    (
        "five working days",
        {"oral_validity_days": 5, "oral_validity_in_working_days": True},
        "2026-03-06 17:00",
        "2026-03-14 00:00",
    ),
    (
        "five working days over the new year's holiday and its make-up days",
        {"oral_validity_days": 5, "oral_validity_in_working_days": True},
        "2026-02-13 17:00",
        "2026-02-28 00:00",
    ),
    (
        "one working day that counts itself",
        {"oral_validity_days": 1, "oral_validity_in_working_days": True, "oral_counts_from_next_day": False},
        "2026-03-02 09:30",
        "2026-03-03 00:00",
    ),
]


@pytest.mark.parametrize(("name", "rules", "made", "lapses"), PROFILES, ids=[profile[0] for profile in PROFILES])
def test_an_oral_report_lapses_at_midnight_of_its_last_day(
    clock: Any, name: str, rules: dict[str, Any], made: str, lapses: str
) -> None:
    RuleSet.objects.update(data=RuleSet.objects.get().data | rules)
    clock(made)
    forget_all()
    assert report(f.card(), LossForm.ORAL).lapses_at == china(lapses)


def test_a_day_the_office_rests_puts_the_lapse_off(clock: Any) -> None:
    put_rules_in_force(oral_validity_days=5, oral_validity_in_working_days=True)
    OfficeDay.objects.create(day=date(2026, 3, 4), works=False, reason="系统升级")
    forget_all()
    assert report(f.card(), LossForm.ORAL).lapses_at == china("2026-03-11 00:00")


def test_the_deadline_counts_when_read_though_no_job_has_run(clock: Any) -> None:
    from cards.answers import answer_card

    card = f.card()
    loss = report(card, LossForm.ORAL)
    for moment, status in (("2026-03-09 23:59:59", LossStatus.STANDING), ("2026-03-10 00:00:00", LossStatus.LAPSED)):
        now = clock(moment)
        loss.refresh_from_db()
        assert loss.status == LossStatus.STANDING
        assert loss.status_at(now) == status
        stands = status == LossStatus.STANDING
        assert LossReport.objects.standing(now).filter(pk=loss.pk).exists() == stands
        assert LossReport.objects.due_to_lapse(now).filter(pk=loss.pk).exists() != stands
        case = read_everything(card.holder, now)
        told = answer_card(case.cards[0], case.reports, now)
        assert told.social == (SocialStatus.TEMPORARILY_LOST if stands else SocialStatus.NORMAL)


@pytest.mark.parametrize("before", [SocialStatus.NORMAL, SocialStatus.NOT_ENABLED, SocialStatus.LOCKED])
def test_the_worker_lets_reports_lapse_and_gives_the_card_its_state_back(clock: Any, before: str) -> None:
    card = f.card(social_status=before)
    loss = report(card, LossForm.ORAL)
    assert services.lapse_due(china("2026-03-09 23:59")) == 0
    now = clock("2026-03-10 00:00")
    assert services.lapse_due(now) == 1
    assert services.lapse_due(now) == 0
    loss.refresh_from_db()
    card.refresh_from_db()
    assert (loss.status, card.social_status) == (LossStatus.LAPSED, before)


def test_the_answer_is_the_same_before_and_after_the_worker_has_run(clock: Any) -> None:
    from cards.answers import answer_card

    card = f.card()
    report(card, LossForm.ORAL)
    now = clock("2026-03-14 15:00")

    def told() -> Any:
        case = read_everything(card.holder, now)
        answer = answer_card(case.cards[0], case.reports, now)
        return answer.social, answer.ledgers, [(one.title, one.now, one.next) for one in answer.reports]

    before = told()
    assert services.lapse_due(now) == 1
    assert told() == before


def test_one_broken_row_does_not_keep_the_others_from_lapsing(clock: Any, caplog: Any) -> None:
    broken, sound = f.card(), f.card()
    first, second = report(broken, LossForm.ORAL), report(sound, LossForm.ORAL)
    Card.objects.filter(pk=broken.pk).update(social_status=SocialStatus.CANCELLED)
    LossReport.objects.filter(pk=first.pk).update(lapses_at=china("2026-03-09 00:00"))
    assert services.lapse_due(clock("2026-03-11 00:00")) == 1
    second.refresh_from_db()
    assert second.status == LossStatus.LAPSED
    assert str(broken.holder_id) in caplog.text


def test_what_is_due_lapses_before_anything_else_is_done(clock: Any) -> None:
    cards = {name: f.card() for name in ("oral", "written", "exchange")}
    cards["first"] = f.card(card_type=CardType.ORDINARY_BLUE)
    for card in cards.values():
        report(card, LossForm.ORAL)
    clock("2026-03-20 10:00")
    report(cards["oral"], LossForm.ORAL)
    report(cards["written"])
    accept(
        cards["exchange"].holder,
        kind=ApplicationKind.EXCHANGE,
        exchange_reason="damaged",
        replaced_card=Card.objects.get(pk=cards["exchange"].pk),
    )
    accept(cards["first"].holder, replaced_card=Card.objects.get(pk=cards["first"].pk))
    lapsed = LossReport.objects.filter(status=LossStatus.LAPSED)
    assert {loss.card_id for loss in lapsed} == {card.pk for card in cards.values()}
    assert not Replacement.objects.exists()


# --- two ledgers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "form", "frozen"),
    [
        ("own bank", LossForm.WRITTEN, True),
        ("other bank", LossForm.WRITTEN, False),
        ("special window", LossForm.WRITTEN, False),
        ("agency", LossForm.WRITTEN, False),
        ("phone", LossForm.ORAL, False),
    ],
)
def test_only_a_written_report_at_the_cards_own_bank_freezes_the_bank_account(
    place: str, form: str, frozen: bool
) -> None:
    card = f.card(bank_status=BankStatus.ACTIVE)
    outlet = {
        "own bank": lambda: f.OutletFactory(kind="bank_outlet", bank=card.bank),
        "other bank": lambda: f.OutletFactory(of_bank=True),
        "special window": f.OutletFactory,
        "agency": lambda: f.OutletFactory(of_agency=True),
        "phone": lambda: None,
    }[place]()
    report(card, form, f.on_phone() if place == "phone" else f.at_counter(outlet))
    card.refresh_from_db()
    assert card.bank_status == (BankStatus.FROZEN if frozen else BankStatus.ACTIVE)
    assert card.social_status in (SocialStatus.TEMPORARILY_LOST, SocialStatus.FORMALLY_LOST)


@pytest.mark.parametrize("status", [BankStatus.CLOSED, BankStatus.FROZEN])
def test_a_closed_or_frozen_bank_account_stays_as_it_is(status: str) -> None:
    card = f.card(bank_status=status)
    report(card, actor=f.at_counter(f.OutletFactory(kind="bank_outlet", bank=card.bank)))
    card.refresh_from_db()
    assert (card.bank_status, card.bank_since) == (status, None)


# --- S10: cancelling ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", LossForm)
@pytest.mark.parametrize("before", [SocialStatus.NORMAL, SocialStatus.NOT_ENABLED, SocialStatus.LOCKED])
def test_the_holder_cancels_with_the_original_card(form: str, before: str) -> None:
    card = f.card(social_status=before)
    loss = report(card, form)
    decision = cancel(loss, card_number=" ".join(card.card_number.lower()))
    card.refresh_from_db()
    assert (loss.status, card.social_status) == (LossStatus.CANCELLED, before)
    assert (decision.party, decision.rule_version) == (Party.HOLDER, "2026-default")


@pytest.mark.parametrize("party", [Party.AGENT, Party.GUARDIAN])
def test_nobody_cancels_for_the_holder(party: str) -> None:
    loss = report(f.card(f.holder(id_number=person_aged(10))))
    with pytest.raises(HolderMustComeInPerson) as refused:
        cancel(loss, f.at_counter(party=party), agent_name="李四", agent_id_number=person_aged(40))
    assert_readable(refused.value, "S10")


def test_cancelling_without_the_card_is_refused() -> None:
    loss = report(f.card())
    proof = Proof(f.ALL_EVIDENCE - {Evidence.ORIGINAL_CARD}, card_number=loss.card.card_number)
    with pytest.raises(OriginalCardMissing) as refused:
        services.cancel_loss_report(loss, actor=f.at_counter(), evidence=proof)
    assert_readable(refused.value, "S10")


@pytest.mark.parametrize("number", ["OTHERCARD01", "TEST0000000A"])
def test_cancelling_with_another_card_is_refused(number: str) -> None:
    with pytest.raises(AnotherCard) as refused:
        cancel(report(f.card()), card_number=number)
    assert_readable(refused.value, "S10")


@pytest.mark.parametrize("number", ["", "1234", "卡" * 10, "1" * 20])
def test_a_card_number_must_be_read_completely(number: str) -> None:
    with pytest.raises(CardNumberInvalid):
        cancel(report(f.card()), card_number=number)


def test_after_the_replacement_nothing_is_cancelled() -> None:
    loss = report(f.card())
    replace(loss)
    with pytest.raises(ReplacementAlreadyStarted) as refused:
        cancel(loss)
    assert_readable(refused.value, "S10")


@pytest.mark.parametrize("worker_ran", [False, True])
def test_a_lapsed_report_is_not_cancelled(clock: Any, worker_ran: bool) -> None:
    loss = report(f.card(), LossForm.ORAL)
    now = clock("2026-03-10 00:00")
    if worker_ran:
        services.lapse_due(now)
    with pytest.raises(NoReportStanding) as refused:
        cancel(loss)
    assert_readable(refused.value, "S10")


def test_a_report_is_cancelled_once() -> None:
    loss = report(f.card())
    stale = LossReport.objects.get(pk=loss.pk)
    cancel(loss)
    with pytest.raises(NoReportStanding):
        cancel(stale)


def test_where_a_written_report_is_final_it_is_not_cancelled_but_an_oral_one_is() -> None:
    put_rules_in_force(written_report_can_be_cancelled=False)
    with pytest.raises(FormalReportIsFinal) as refused:
        cancel(report(f.card()))
    assert_readable(refused.value, "S10")
    assert cancel(report(f.card(), LossForm.ORAL)).rule_version == "other-place"


# --- S6, S11: replacing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("card_type", CardType)
@pytest.mark.parametrize("place", ["own bank", "other bank", "special window", "agency", "window that replaces none"])
def test_where_a_card_is_replaced_follows_from_its_type(card_type: str, place: str) -> None:
    card = f.card(card_type=card_type)
    outlet = {
        "own bank": lambda: f.OutletFactory(kind="bank_outlet", bank=card.bank or f.BankFactory()),
        "other bank": lambda: f.OutletFactory(of_bank=True),
        "special window": f.OutletFactory,
        "agency": lambda: f.OutletFactory(of_agency=True),
        "window that replaces none": lambda: f.OutletFactory(replaces_cards=False),
    }[place]()
    loss = report(card)
    routes = {"own bank": ReplacementRoute.BANK_OUTLET, "special window": ReplacementRoute.SPECIAL_WINDOW}
    if card_type in ORDINARY or place not in routes:
        wanted = OrdinaryCardNotReplaced if card_type in ORDINARY else WrongPlaceForReplacement
        with pytest.raises(wanted) as refused:
            replace(loss, f.at_counter(outlet))
        assert_readable(refused.value, "S11")
        assert not Application.objects.exists()
        return
    made = replace(loss, f.at_counter(outlet))
    assert made.replacement_route == routes[place]
    assert made.application.activation_needed == (place == "special window")
    card.refresh_from_db()
    assert (card.social_status, loss.status) == (SocialStatus.CANCELLED, LossStatus.REPLACED)


def test_a_replacement_needs_a_written_report() -> None:
    with pytest.raises(FormalReportNeeded) as refused:
        replace(report(f.card(), LossForm.ORAL))
    assert_readable(refused.value, "S6")


@pytest.mark.parametrize("ended", [LossStatus.CANCELLED, LossStatus.LAPSED, "lapsed unmarked", LossStatus.FORMALISED])
def test_a_replacement_needs_a_report_in_force(clock: Any, ended: str) -> None:
    loss = report(f.card(), LossForm.WRITTEN if ended == LossStatus.CANCELLED else LossForm.ORAL)
    if ended == LossStatus.CANCELLED:
        cancel(loss)
    elif ended == LossStatus.FORMALISED:
        report(loss.card)
    else:
        now = clock("2026-03-10 00:00")
        if ended == LossStatus.LAPSED:
            services.lapse_due(now)
    with pytest.raises(NoReportStanding):
        replace(loss)


def test_a_second_replacement_of_one_card_is_refused() -> None:
    loss = report(f.card())
    stale = LossReport.objects.get(pk=loss.pk)
    replace(loss)
    with pytest.raises(ReplacementOpenAlready) as refused:
        replace(stale)
    assert_readable(refused.value, "S6")
    assert Application.objects.count() == 1


def test_a_replacement_is_not_accepted_as_a_plain_application() -> None:
    card = f.card()
    with pytest.raises(PreparedElsewhere) as refused:
        accept(card.holder, kind=ApplicationKind.REPLACEMENT, replaced_card=card)
    assert_readable(refused.value, "S6")


@pytest.mark.parametrize("outlet", [{"hands_over": False}, {"closed_for_good": True}])
def test_the_card_is_not_sent_to_an_outlet_that_cannot_hand_it_over(outlet: dict[str, bool]) -> None:
    with pytest.raises(OutletDoesNotDoThis):
        replace(report(f.card()), delivery_outlet=f.OutletFactory(**outlet))


def test_nothing_is_accepted_by_an_account_without_an_outlet() -> None:
    loss = report(f.card())
    with pytest.raises(OutletUnknown):
        replace(loss, Actor.for_holder(f.UserFactory(), Channel.COUNTER))


@pytest.mark.parametrize("old", ORDINARY)
@pytest.mark.parametrize("form", [None, *LossForm])
def test_a_first_financial_card_voids_the_old_ordinary_one_and_ends_cancelling(old: str, form: str | None) -> None:
    card = f.card(card_type=old)
    loss = report(card, form) if form else None
    application = accept(card.holder, replaced_card=card)
    card.refresh_from_db()
    assert (card.social_status, application.fee_yuan) == (SocialStatus.CANCELLED, 0)
    if loss is None:
        assert not Replacement.objects.exists()
        return
    loss.refresh_from_db()
    assert loss.status == LossStatus.REPLACED
    assert loss.replacement.replacement_route == ReplacementRoute.FIRST_FINANCIAL
    assert loss.replacement.application == application
    with pytest.raises(ReplacementAlreadyStarted):
        cancel(loss)


@pytest.mark.parametrize(("old", "new"), [(old, new) for old in CardType for new in CardType])
def test_a_first_application_voids_only_an_ordinary_card_for_a_financial_one(old: str, new: str) -> None:
    card = f.card(f.holder(id_number=person_aged(70)), old)
    if old in ORDINARY and new in FINANCIAL:
        assert accept(card.holder, card_type=new, replaced_card=card).replaced_card == card
        return
    with pytest.raises((OrdinaryCardNotReplaced, PreparedElsewhere)) as refused:
        accept(card.holder, card_type=new, replaced_card=card)
    assert_readable(refused.value, "S11" if new in ORDINARY else "S6")


def test_the_preferential_card_is_for_people_of_the_age_in_the_rules() -> None:
    young, old = (f.holder(id_number=person_aged(60, plus_days=days)) for days in (-1, 0))
    with pytest.raises(CardTypeNotForAge) as refused:
        accept(young, card_type=CardType.FINANCIAL_PREFERENTIAL_BLUE)
    assert_readable(refused.value, "S11")
    assert accept(old, card_type=CardType.FINANCIAL_PREFERENTIAL_BLUE).stage == Stage.ACCEPTED


def test_a_card_of_another_person_is_refused() -> None:
    stranger, card = f.holder(), f.card(card_type=CardType.ORDINARY_BLUE)
    for kind in (ApplicationKind.FIRST, ApplicationKind.EXCHANGE):
        with pytest.raises(WrongPerson) as refused:
            accept(stranger, kind=kind, replaced_card=card, exchange_reason="damaged")
        assert_readable(refused.value, "S9")
    card.refresh_from_db()
    assert card.social_status == SocialStatus.NORMAL


def test_one_first_application_per_card_type_is_open_at_a_time() -> None:
    holder = f.holder()
    accept(holder)
    with pytest.raises(ApplicationOpenAlready) as refused:
        accept(holder)
    assert_readable(refused.value, "S6")
    assert accept(holder, card_type=CardType.ORDINARY_BLUE).stage == Stage.ACCEPTED


def test_a_financial_card_needs_a_bank() -> None:
    with pytest.raises(BankMissing) as refused:
        accept(f.holder(), delivery_outlet=f.OutletFactory())
    assert_readable(refused.value, "S11")
    bank = f.BankFactory()
    assert accept(f.holder(), delivery_outlet=f.OutletFactory(), bank=bank).bank == bank


# --- exchange -----------------------------------------------------------------------------------------------------


def exchange(card: Card, **given: Any) -> Application:
    row = {"kind": ApplicationKind.EXCHANGE, "exchange_reason": "damaged", "replaced_card": card} | given
    return accept(card.holder, **row)


def collect(application: Application, number: str = "NEWCARD0001", **proof: Any) -> Card:
    return services.hand_over(application, actor=f.at_counter(), evidence=f.everything(card_number=number, **proof))


def test_an_exchange_leaves_the_old_card_alone_until_the_new_one_is_handed_over() -> None:
    card = f.card()
    application = f.walk_to(exchange(card), Stage.READY)
    card.refresh_from_db()
    assert card.social_status == SocialStatus.NORMAL
    new = collect(application)
    card.refresh_from_db()
    assert (card.social_status, new.social_status) == (SocialStatus.CANCELLED, SocialStatus.NORMAL)


@pytest.mark.parametrize("form", LossForm)
def test_a_lost_card_is_not_exchanged(form: str) -> None:
    card = f.card()
    report(card, form)
    with pytest.raises(LostCardNeedsReplacement) as refused:
        exchange(card)
    assert_readable(refused.value, "S6")


@pytest.mark.parametrize("form", LossForm)
def test_a_card_lost_while_its_exchange_is_under_way_does_not_keep_the_new_one_back(form: str) -> None:
    card = f.card()
    application = f.walk_to(exchange(card), Stage.READY)
    loss = report(card, form)
    collect(application)
    card.refresh_from_db()
    loss.refresh_from_db()
    assert (card.social_status, loss.status) == (SocialStatus.CANCELLED, LossStatus.REPLACED)
    with pytest.raises(ReplacementAlreadyStarted):
        cancel(loss)


def test_an_exchange_names_its_card_and_its_reason() -> None:
    card = f.card()
    with pytest.raises(NotPossibleNow):
        exchange(card, replaced_card=None)
    with pytest.raises(ExchangeReasonMissing) as refused:
        exchange(card, exchange_reason="")
    assert_readable(refused.value, "")
    with pytest.raises(NotPossibleNow):
        exchange(f.card(social_status=SocialStatus.CANCELLED))


def test_a_first_application_keeps_no_reason_of_exchange() -> None:
    assert accept(f.holder(), exchange_reason="damaged").exchange_reason == ""


# --- fee ----------------------------------------------------------------------------------------------------------

FEES = [
    (kind, exemption, 0 if kind == ApplicationKind.FIRST or exemption == FeeExemption.QUALITY_FAULT else 20)
    for kind in ApplicationKind
    for exemption in ("", *FeeExemption)
]


@pytest.mark.parametrize(("kind", "exemption", "fee"), FEES)
def test_the_fee_follows_from_kind_and_exemption(kind: str, exemption: str, fee: int) -> None:
    card = f.card()
    if kind == ApplicationKind.REPLACEMENT:
        application = replace(report(card), fee_exemption=exemption).application
    elif kind == ApplicationKind.EXCHANGE:
        application = exchange(card, fee_exemption=exemption)
    else:
        application = accept(f.holder(), fee_exemption=exemption)
    assert application.fee_yuan == fee
    assert application.fee_exemption == ("" if fee else exemption)
    assert (Stage.FEE_DUE in application.route.stages) == (fee > 0)


@pytest.mark.parametrize(
    ("allowed", "kind", "exemption", "fee"),
    [
        ([], "first", "", 30),
        ([], "first", "first_issue", 30),
        (["hardship"], "first", "hardship", 0),
        (["hardship"], "replacement", "hardship", 0),
        (["hardship"], "replacement", "quality_fault", 30),
        (["first_issue"], "first", "", 0),
        (["first_issue"], "exchange", "first_issue", 30),
    ],
)
def test_the_fee_follows_the_rules_of_the_place(allowed: list[str], kind: str, exemption: str, fee: int) -> None:
    from cards import rules

    book = rules.parse({"fee_yuan": 30, "fee_exemptions": allowed}, version="v", valid_from=TODAY)
    assert book.fee(kind, exemption) == fee


# --- S7, S8, S12: certificate, hand-over, activation --------------------------------------------------------------


def ready_replacement(outlet: Any = None, card: Card | None = None) -> Application:
    loss = report(card or f.card())
    made = replace(loss, f.at_counter(outlet or f.OutletFactory()), fee_exemption="quality_fault")
    return f.walk_to(made.application, Stage.READY)


def test_the_certificate_is_issued_with_the_replacement() -> None:
    application = replace(report(f.card())).application
    certificate = application.certificate
    assert certificate.outlet == application.delivery_outlet
    assert certificate.used_at is None
    # Fifteen working days from Monday, 2 March 2026.
    assert certificate.earliest_on == date(2026, 3, 23)


def test_a_card_issued_at_once_may_be_collected_the_same_day() -> None:
    here = f.OutletFactory()
    made = replace(report(f.card()), f.at_counter(here), delivery_outlet=here, method="instant")
    assert made.application.certificate.earliest_on == TODAY


def test_the_certificate_is_single_use() -> None:
    application = ready_replacement()
    stale = Application.objects.get(pk=application.pk)
    number = application.certificate.paper_id
    collect(application, certificate_number=f"{number[:4]}-{number[4:8]}-{number[8:]}")
    certificate = CardCertificate.objects.select_related("paper").get(application=application)
    assert certificate.used_at == timezone.now()
    assert not certificate.paper.in_force
    with pytest.raises(CertificateUsed) as refused:
        collect(stale, "NEWCARD0002", certificate_number=number)
    assert_readable(refused.value, "S7")
    assert Card.objects.filter(holder=application.holder_id, social_status=SocialStatus.NORMAL).count() == 1


@pytest.mark.parametrize("which", ["", "another", "receipt"])
def test_the_certificate_must_be_the_one_of_this_case(which: str) -> None:
    application = ready_replacement()
    number = {
        "": lambda: "",
        "another": lambda: ready_replacement().certificate.paper_id,
        "receipt": lambda: application.receipt_id,
    }[which]()
    with pytest.raises(CertificateNumberWrong) as refused:
        collect(application, certificate_number=number)
    assert_readable(refused.value, "S7")
    assert CardCertificate.objects.get(application=application).used_at is None


def test_the_same_card_is_not_handed_over_twice() -> None:
    collect(f.walk_to(f.first_application(), Stage.READY), "SAMECARD001")
    with pytest.raises(CardNumberTaken):
        collect(f.walk_to(f.first_application(), Stage.READY), " samecard-001")


@pytest.mark.parametrize("place", ["special window", "own bank"])
def test_only_a_card_from_the_special_window_is_activated_afterwards(place: str) -> None:
    card = f.card()
    outlet = f.OutletFactory() if place == "special window" else f.OutletFactory(kind="bank_outlet", bank=card.bank)
    application = ready_replacement(outlet, card)
    new = collect(application, certificate_number=application.certificate.paper_id)
    if place == "own bank":
        assert new.bank_status == BankStatus.ACTIVE
        with pytest.raises(ActivationNotNeeded) as refused:
            services.advance(application, "activate", actor=f.at_office())
        assert_readable(refused.value, "S12")
        return
    assert new.bank_status == BankStatus.NOT_ACTIVATED
    services.advance(application, "activate", actor=f.at_office())
    new.refresh_from_db()
    assert (application.stage, new.bank_status) == (Stage.ACTIVATED, BankStatus.ACTIVE)
    with pytest.raises(NotPossibleNow):
        services.advance(application, "activate", actor=f.at_office())


# --- ends ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_refusal_without_a_reason_is_refused(reason: str) -> None:
    application = f.first_application()
    with pytest.raises(ReasonMissing) as refused:
        services.advance(application, "refuse", actor=f.at_office(), reason=reason)
    assert_readable(refused.value, "")
    services.advance(application, "refuse", actor=f.at_office(), reason="照片不合规格")
    assert Application.objects.get(pk=application.pk).refusal_reason == "照片不合规格"


def test_a_card_not_collected_in_time_is_recalled_the_day_after_its_last(clock: Any) -> None:
    application = f.walk_to(f.first_application(), Stage.READY)
    assert application.collect_by == TODAY + timedelta(days=180)
    assert services.recall_due(clock("2026-08-29 23:59")) == 0
    assert services.recall_due(clock("2026-08-30 00:00")) == 1
    application.refresh_from_db()
    assert application.stage == Stage.RECALLED
    assert services.recall_due(clock("2026-08-31 00:00")) == 0


def test_a_clock_that_was_stopped_and_resumed_meanwhile_stays_in_the_history() -> None:
    application = f.walk_to(f.first_application(), Stage.CHECKING)
    stale = Application.objects.get(pk=application.pk)
    services.stop_clock(application, "photo_rejected", actor=f.at_office())
    services.resume_clock(application, actor=f.at_office())
    services.advance(stale, "open_account", actor=f.at_office())
    history = Application.objects.get(pk=application.pk).history
    assert [entry[0] for entry in history] == ["stage", "stage", "stop", "resume", "stage"]
