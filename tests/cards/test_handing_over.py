"""Fees, certificates, hand-over, activation and the ends of a case (S7, S8, S12)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cards import services
from cards.errors import (
    ActivationNotNeeded,
    CardLiesElsewhere,
    CardNumberTaken,
    CertificateNumberWrong,
    CertificateUsed,
    FeeExemptionNotListed,
    NotPossibleNow,
    ReasonMissing,
)
from cards.models import Application, Card, CardCertificate
from cards.vocabulary import (
    ApplicationKind,
    BankStatus,
    FeeExemption,
    SocialStatus,
    Stage,
)
from tests import factories as f
from tests.cards.losing import (
    TODAY,
    accept,
    assert_readable,
    collect,
    exchange,
    monday_morning,  # noqa: F401  (a fixture)
    ready_replacement,
    replace,
    report,
)

pytestmark = pytest.mark.django_db

# --- fee ----------------------------------------------------------------------------------------------------------

FEES = [
    (kind, exemption, 0 if kind == ApplicationKind.FIRST or exemption == FeeExemption.QUALITY_FAULT else 20)
    for kind in ApplicationKind
    for exemption in ("", *FeeExemption)
]


def applied(kind: str, exemption: str) -> Application:
    card = f.card()
    if kind == ApplicationKind.REPLACEMENT:
        return replace(report(card), fee_exemption=exemption).application
    if kind == ApplicationKind.EXCHANGE:
        return exchange(card, fee_exemption=exemption)
    return accept(f.holder(), fee_exemption=exemption)


@pytest.mark.parametrize(("kind", "exemption", "fee"), FEES)
def test_the_fee_follows_from_kind_and_exemption(kind: str, exemption: str, fee: int) -> None:
    if fee and exemption in (FeeExemption.HARDSHIP, FeeExemption.NOT_RECEIVED):
        with pytest.raises(FeeExemptionNotListed) as refused:
            applied(kind, exemption)
        assert_readable(refused.value, "")
        return
    application = applied(kind, exemption)
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


def test_a_card_is_handed_over_where_it_lies_and_nowhere_else() -> None:
    application = f.walk_to(f.first_application(), Stage.READY)
    with pytest.raises(CardLiesElsewhere) as refused:
        services.hand_over(application, actor=f.at_counter(), evidence=f.everything(card_number="NEWCARD0001"))
    assert_readable(refused.value, "S8")
    assert application.delivery_outlet.told("name") in refused.value.sentence
    assert collect(application).social_status == SocialStatus.NORMAL
