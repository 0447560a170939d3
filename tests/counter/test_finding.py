"""Finding a person by any number, and never a personal value where it may be kept."""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session

from cards import id_number
from cards.models import AccessRecord, Cardholder
from cards.vocabulary import AccessOutcome, AccessPurpose, Channel
from tests import factories
from tests.counter.desk import FIND, Desk, person_url

pytestmark = pytest.mark.django_db
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def test_an_id_number_leads_to_the_person(clerk: Desk) -> None:
    person = factories.holder()
    answer = clerk.find(person.id_number)
    assert (answer.status_code, answer.url) == (303, person_url(person))


@pytest.mark.parametrize(
    "typed",
    [
        lambda n: n.translate(FULL_WIDTH),
        lambda n: f" {n[:6]} {n[6:14]}-{n[14:]} ",
        lambda n: n.lower(),
        lambda n: f"\u200b{n}\ufeff",
    ],
)
def test_an_id_number_may_be_typed_in_any_dress(clerk: Desk, typed: Any) -> None:
    person = factories.holder()
    assert clerk.find(typed(person.id_number)).url == person_url(person)


def test_a_card_number_leads_to_the_person(clerk: Desk) -> None:
    card = factories.card()
    spaced = f"{card.card_number[:4].lower()} {card.card_number[4:]}"
    assert clerk.find(spaced).url == person_url(card.holder)


def test_the_numbers_of_all_papers_lead_to_the_person(clerk: Desk) -> None:
    report = factories.written_report()
    clerk.done("replace", report)
    application = report.holder.applications.get()
    for paper in (report.receipt_id, application.receipt_id, application.certificate.paper_id):
        assert clerk.find(f"{paper[:4]} {paper[4:8]} {paper[8:]}").url == person_url(report.holder)


def test_every_look_leaves_a_record(clerk: Desk, hotline: Desk) -> None:
    card = factories.card()
    clerk.find(card.holder.id_number)
    clerk.find(card.card_number)
    hotline.find(card.holder.id_number)
    looks = AccessRecord.objects.of(card.holder).order_by("at")
    assert [(r.purpose, r.outcome, r.channel, r.user) for r in looks] == [
        (AccessPurpose.STAFF_FIND, AccessOutcome.FOUND, Channel.COUNTER, clerk.user),
        (AccessPurpose.STAFF_FIND, AccessOutcome.FOUND, Channel.COUNTER, clerk.user),
        (AccessPurpose.STAFF_FIND, AccessOutcome.FOUND, Channel.HOTLINE, hotline.user),
    ]


def test_a_number_not_on_record_is_offered_for_registration(clerk: Desk) -> None:
    number = factories.synthetic_id_number()
    page = clerk.find(number)
    text = page.content.decode()
    assert page.status_code == 200
    assert "Nobody is on record under this ID number." in text
    assert f'value="{number}"' in text
    record = AccessRecord.objects.get()
    assert record.holder is None
    assert record.outcome == AccessOutcome.NONE


def test_a_person_is_registered_and_shown(clerk: Desk) -> None:
    number = factories.synthetic_id_number()
    answer = clerk.client.post(f"{FIND}register/", {"name": "李四", "id_number": number, "phone": "138 0000 0000"})
    person = Cardholder.objects.by_id_number(number)
    assert answer.status_code == 303
    assert answer.url == person_url(person)
    assert (person.name, person.phone) == ("李四", "13800000000")
    assert "The person is registered." in clerk.client.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": "李4"}, "A name has 2 to 50 characters and no digits."),
        ({"phone": "12"}, "A telephone number has 7 to 15 digits."),
        ({"id_number": "119999199003070017"}, "The last character does not fit the others"),
    ],
)
def test_a_slip_at_registration_is_shown_and_nothing_typed_is_lost(
    clerk: Desk, changed: dict[str, str], sentence: str
) -> None:
    typed = {"name": "李四", "id_number": factories.synthetic_id_number(), "phone": "13800000000"} | changed
    text = clerk.client.post(f"{FIND}register/", typed).content.decode()
    assert sentence in text
    assert all(f'value="{value}"' in text for value in typed.values())
    assert not Cardholder.objects.exists()


def test_a_registration_sent_twice_leads_to_the_same_person(clerk: Desk) -> None:
    typed = {"name": "李四", "id_number": factories.synthetic_id_number(), "phone": ""}
    answers = [clerk.client.post(f"{FIND}register/", typed) for _ in range(2)]
    person = Cardholder.objects.by_id_number(typed["id_number"])
    assert [(answer.status_code, answer.url) for answer in answers] == [(303, person_url(person))] * 2
    page = clerk.client.get(person_url(person)).content.decode()
    assert "This person was on record already; nothing was changed." in page
    assert Cardholder.objects.count() == 1


def test_the_hotline_registers_nobody(hotline: Desk) -> None:
    number = factories.synthetic_id_number()
    assert "Register this person" not in hotline.find(number).content.decode()
    assert hotline.client.post(f"{FIND}register/", {"name": "李四", "id_number": number}).status_code == 403


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter an ID number, a card number, or the number of a receipt, certificate or answer."),
        ("119999900307001", "an ID number of the old kind with 15 digits"),
        ("11999919900307001", "An ID number has 18 characters; this one has 17."),
        ("119999199013070016", "there is no such date"),
        ("100000000018", "One digit of the paper number is wrong"),
        ("ABCDEFGHIJ", "No card on record has this number."),
        ("张三", "This is neither an ID number"),
        ("\ud800" * 3, "This is neither an ID number"),
        ("9" * 5000, "This is neither an ID number"),
    ],
)
def test_what_cannot_be_found_is_answered_in_words(clerk: Desk, typed: str, sentence: str) -> None:
    page = clerk.client.post(FIND, {"number": typed.encode("utf-8", "surrogatepass").decode("utf-8", "replace")})
    assert page.status_code == 200
    assert sentence in page.content.decode().replace("&#x27;", "'")


def test_a_paper_number_that_is_ours_in_form_only_is_told_so(clerk: Desk) -> None:
    from cards.paper_number import new_paper_number

    assert (
        "No receipt, certificate or answer of ours has this number"
        in clerk.find(new_paper_number("1")).content.decode()
    )


def test_the_first_page_of_a_clerk_is_the_search(clerk: Desk, hotline: Desk, desk_of: Any) -> None:
    for desk in (clerk, hotline):
        for address in ("/admin/", FIND):
            text = desk.client.get(address).content.decode()
            assert f'<form class="ask" method="post" action="{FIND}"' in text
            assert re.search(r'name="number"[^>]* autofocus', text)
    assert 'class="ask"' not in desk_of("auditor").client.get("/admin/").content.decode()


def test_a_number_in_the_address_finds_nobody(clerk: Desk) -> None:
    person = factories.holder()
    page = clerk.client.get(FIND, {"q": person.id_number, "number": person.id_number})
    assert page.status_code == 200
    assert f'value="{person.id_number}"' not in page.content.decode()
    assert not AccessRecord.objects.exists()


def test_nothing_personal_is_kept_in_addresses_messages_sessions_or_the_log_of_the_admin(clerk: Desk) -> None:
    card = factories.card(factories.holder(name="欧阳修文"))
    person = card.holder
    agent = {"agent_name": "司马小光", "agent_id_number": factories.synthetic_id_number()}
    answers = [
        clerk.find(person.id_number),
        clerk.find(card.card_number),
        clerk.act("report_in_writing", card, party="agent", **agent),
        clerk.act("cancel_report", card.loss_reports.get(), card_number=card.card_number),
    ]
    secrets = (person.id_number, person.name, card.card_number, person.phone, *agent.values())
    kept = [answer.url for answer in answers]
    kept += [str(cookie) for answer in answers for cookie in answer.cookies.values()]
    kept += [str(session.get_decoded()) for session in Session.objects.all()]
    kept += [f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all()]
    kept += [str(person), str(card), *(str(report) for report in card.loss_reports.all())]
    assert all(answer.status_code == 303 for answer in answers)
    for text in kept:
        assert not any(secret in text for secret in secrets), text
    assert not LogEntry.objects.exists()


def test_the_numbers_are_valid_of_their_kind() -> None:
    """The slips above are slips: the number they are made from is right."""
    assert id_number.check(factories.synthetic_id_number())
