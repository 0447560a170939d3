"""Every mistake the field warns of at the window, tried through the clerk's own form and refused with its sentence."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from cards.models import Application, Card, Cardholder, Event, LossReport
from cards.vocabulary import CardType, Stage
from tests import factories as f
from tests.counter.citizen import agent
from tests.counter.desk import Desk, act_url, refusal_in

pytestmark = pytest.mark.django_db

NOT_CONFIRMED = "Something required was not confirmed: "
FACE = NOT_CONFIRMED + "The face of the person present matches that person's ID document."
CARD_FACE = NOT_CONFIRMED + "The face of the card was checked: name, number, picture."
HOLDER_ID = "Original, valid ID document of the cardholder seen"
AGENT_ID = "Original, valid ID document of the agent seen"
ONLY_HOLDER = "Only the cardholder in person can cancel a loss report. An agent or guardian cannot."
GUARDIAN_ACTS = "For a cardholder under 16 years of age the legal guardian acts, not the child alone and not an agent."
VOID = (
    "The replacement of this card was already accepted. "
    "The old card is void and its loss report can no longer be cancelled."
)
UNDER_WAY = "A replacement for this card is already under way."
NOT_OF_THIS_CASE = "The number of the certificate shown does not belong to this case."


def lost() -> LossReport:
    return f.written_report()


def card_of_a_child() -> Card:
    return f.card(f.holder(id_number=f.synthetic_id_number(date(2016, 5, 1))))


def replaced() -> LossReport:
    report = f.written_report()
    from cards import services

    services.replace_card(report, delivery_outlet=f.OutletFactory(), actor=f.at_counter(), evidence=f.everything())
    return report


def on_its_way() -> Application:
    return replaced().holder.applications.get()


def ready() -> Application:
    return f.walk_to(on_its_way(), Stage.READY)


def collected() -> Application:
    return f.walk_to(on_its_way(), Stage.COLLECTED)


def own_number(subject: Any) -> dict[str, str]:
    return {"agent_name": "李四", "agent_id_number": subject.holder.id_number}


def under_age(subject: Any) -> dict[str, str]:
    return {"agent_name": "王小明", "agent_id_number": f.synthetic_id_number(date(2014, 1, 1))}


def own_card(report: LossReport) -> dict[str, str]:
    return {"card_number": report.card.card_number}


def other_card(report: LossReport) -> dict[str, str]:
    return {"card_number": f.card(report.holder).card_number}


def own_certificate(application: Application) -> dict[str, str]:
    return {"certificate_number": application.certificate.paper_id, "card_number": "NEWCARD0001"}


def certificate_of_a_namesake(application: Application) -> dict[str, str]:
    """Somebody of the same name, with a certificate of the own."""
    other = ready()
    assert other.holder.name == application.holder.name
    return own_certificate(other)


def card_of_a_namesake(application: Application) -> dict[str, str]:
    """The certificate is right, but the card in the hand is another person's."""
    return own_certificate(application) | {"card_number": f.card().card_number}


@dataclass(frozen=True)
class Prevented:
    """A mistake: what it is tried on, by whom, with which box not ticked and what typed, and the sentence."""

    what: str
    action: str
    subject: Callable[[], Any]
    sentence: str
    party: str = "holder"
    unticked: str = ""
    typed: Callable[[Any], dict[str, str]] = field(default=lambda _subject: {})


def _of_documents(action: str, subject: Callable[[], Any], typed: Any = None) -> list[Prevented]:
    """What is said of documents and agents alike wherever both may come."""
    typed = typed or (lambda _subject: {})
    return [
        Prevented(
            "a copy of the ID, or an expired one",
            action,
            subject,
            NOT_CONFIRMED + HOLDER_ID + ".",
            unticked="holder_id_original",
            typed=typed,
        ),
        Prevented("another's ID document", action, subject, FACE, unticked="face_matches", typed=typed),
        Prevented(
            "a copy of the agent's ID",
            action,
            subject,
            NOT_CONFIRMED + AGENT_ID + ".",
            party="agent",
            unticked="agent_id_original",
            typed=lambda one: typed(one) | agent(),
        ),
        Prevented(
            "the holder as agent",
            action,
            subject,
            "The agent's ID number is the cardholder's. An agent must be another person.",
            party="agent",
            typed=lambda one: typed(one) | own_number(one),
        ),
        Prevented(
            "an agent under age",
            action,
            subject,
            "An agent must be at least 18 years old.",
            party="agent",
            typed=lambda one: typed(one) | under_age(one),
        ),
    ]


PREVENTED = [
    # Written report.
    *_of_documents("report_in_writing", f.card),
    Prevented(
        "no signed form",
        "report_in_writing",
        f.card,
        NOT_CONFIRMED + "Form filled in and signed.",
        unticked="signed_form",
    ),
    Prevented(
        "a guardian of a grown-up",
        "report_in_writing",
        f.card,
        "A guardian acts only for a cardholder under 16 years of age.",
        party="guardian",
        typed=lambda _card: agent(),
    ),
    Prevented("a child alone", "report_in_writing", card_of_a_child, GUARDIAN_ACTS),
    Prevented(
        "somebody sent by a child",
        "report_in_writing",
        card_of_a_child,
        GUARDIAN_ACTS,
        party="agent",
        typed=lambda _card: agent(),
    ),
    # Cancelling.
    Prevented("an agent", "cancel_report", lost, ONLY_HOLDER, party="agent", typed=own_card),
    Prevented("a guardian", "cancel_report", lost, ONLY_HOLDER, party="guardian", typed=own_card),
    Prevented(
        "another card of the same person",
        "cancel_report",
        lost,
        "The number of the card shown is not the number of the card reported lost.",
        typed=other_card,
    ),
    Prevented(
        "no card in the hand",
        "cancel_report",
        lost,
        "To cancel a loss report, the original card must be shown.",
        unticked="original_card",
        typed=own_card,
    ),
    Prevented(
        "a copy of the ID",
        "cancel_report",
        lost,
        NOT_CONFIRMED + HOLDER_ID + ".",
        unticked="holder_id_original",
        typed=own_card,
    ),
    Prevented("after the replacement", "cancel_report", replaced, VOID, typed=own_card),
    # Replacement.
    *_of_documents("replace", lost),
    Prevented(
        "no copies of the agent's documents",
        "replace",
        lost,
        NOT_CONFIRMED + "Copies of both ID documents taken.",
        party="agent",
        unticked="id_copies",
        typed=lambda _report: agent(),
    ),
    Prevented("a second one", "replace", replaced, UNDER_WAY),
    Prevented(
        "only an oral report",
        "replace",
        f.oral_report,
        "A replacement needs a written loss report first. It can be made now, at the same window.",
    ),
    Prevented(
        "an ordinary card like for like",
        "replace",
        lambda: f.written_report(f.card(card_type=CardType.ORDINARY_BLUE)),
        "A lost ordinary card is not replaced by another ordinary card. "
        "Please apply for a financial blue card; this is a first application and free of charge.",
    ),
    # Hand-over.
    *_of_documents("hand_over", ready, own_certificate),
    Prevented("a namesake's certificate", "hand_over", ready, NOT_OF_THIS_CASE, typed=certificate_of_a_namesake),
    Prevented(
        "no certificate",
        "hand_over",
        ready,
        "The card certificate must be shown; if it is lost, issue a new one first.",
        typed=lambda _a: {"card_number": "NEWCARD01"},
    ),
    Prevented(
        "a namesake's card",
        "hand_over",
        ready,
        "A card with this number is already recorded.",
        typed=card_of_a_namesake,
    ),
    Prevented(
        "the face of the card not read",
        "hand_over",
        ready,
        "A card number has 9 to 19 letters and digits; what stands on the card was not entered completely.",
        typed=lambda one: own_certificate(one) | {"card_number": ""},
    ),
    Prevented(
        "a card with another's face", "hand_over", ready, CARD_FACE, unticked="card_face", typed=own_certificate
    ),
    Prevented(
        "marked before it was signed for",
        "hand_over",
        ready,
        NOT_CONFIRMED + "Receipt of the card signed.",
        unticked="signature",
        typed=own_certificate,
    ),
    Prevented(
        "before the outlet has it",
        "hand_over",
        on_its_way,
        "This is not possible in the present state: Application accepted.",
        typed=own_certificate,
    ),
    Prevented(
        "a certificate that was used",
        "hand_over",
        collected,
        "This is not possible in the present state: Collected.",
        typed=own_certificate,
    ),
    # Activation.
    Prevented(
        "before it was collected",
        "activate",
        ready,
        "This is not possible in the present state: At the outlet, ready.",
        party="office",
    ),
    Prevented(
        "a card that needs none",
        "activate",
        lambda: f.walk_to(f.first_application(), Stage.COLLECTED),
        "This card needs no activation at the bank.",
        party="office",
    ),
]


def on_record(holder: Cardholder) -> list[Any]:
    rows = (Application, Card, LossReport, Event)
    return [list(model.objects.filter(holder=holder).order_by("pk").values()) for model in rows]


@pytest.mark.parametrize("case", PREVENTED, ids=lambda case: f"{case.action}: {case.what}")
def test_the_mistake_is_refused_with_its_sentence_and_leaves_no_trace(case: Prevented, clerk: Desk) -> None:
    subject = case.subject()
    typed = case.typed(subject)
    before = on_record(subject.holder)
    if case.unticked:
        typed |= {f"saw_{case.unticked}": False}
    if case.action == "hand_over":
        clerk.sit_at(subject.delivery_outlet)
    page = clerk.act(case.action, subject, party=case.party, **typed)
    assert page.status_code == 200
    assert refusal_in(page)[0] == case.sentence
    assert on_record(subject.holder) == before


def test_a_used_certificate_collects_no_second_card(clerk: Desk) -> None:
    """The same paper once more, after a hand-over that was put back by a colleague who kept the certificate."""
    application = ready()
    application.certificate.used_at = application.certificate.issued_at
    application.certificate.save()
    clerk.sit_at(application.delivery_outlet)
    page = clerk.act("hand_over", application, **own_certificate(application))
    assert refusal_in(page)[0] == "This card certificate has been used or is no longer in force."


def test_the_right_way_goes_through_the_same_forms(clerk: Desk) -> None:
    """Otherwise a form that refuses everything would pass for one that prevents mistakes."""
    for case_action, subject, typed in (
        ("report_in_writing", f.card(), {}),
        ("cancel_report", (report := lost()), own_card(report)),
        ("replace", lost(), {}),
        ("hand_over", (application := ready()), own_certificate(application)),
    ):
        if case_action == "hand_over":
            clerk.sit_at(subject.delivery_outlet)
        answer = clerk.act(case_action, subject, **typed)
        assert answer.status_code == 303, refusal_in(answer)
    clerk.find(application.holder.id_number)
    assert clerk.client.get(act_url("activate", application)).status_code == 200
