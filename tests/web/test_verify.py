"""Is this paper from us? Kind, day and force, nothing of the person, and no more tries than the limits allow."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cards import paper_signature, services, told
from cards.models import PaperNumber
from cards.paper_number import new_paper_number
from cards.papers.sheet import digits_of
from cards.rules import CHINA
from cards.sealing import query_code
from cards.vocabulary import PaperKind
from tests import factories as f

pytestmark = pytest.mark.django_db


def check(client: Client, number: str, language: str = "en") -> Any:
    """Ask about a number."""
    return client.post("/verify/", {"number": number}, headers={"Accept-Language": language})


def verdict_of(page: Any) -> str:
    """What the page says, in one word."""
    assert page.status_code == 200
    found = re.search(r'data-verdict="(\w+)"', page.content.decode())
    return found[1] if found else ""


def cancelled_report() -> Any:
    card = f.card()
    report = f.written_report(card)
    return services.cancel_loss_report(
        report, actor=f.at_counter(), evidence=f.everything(card_number=card.card_number)
    )


def replacement() -> Any:
    return services.replace_card(
        f.written_report(), delivery_outlet=f.OutletFactory(), actor=f.at_counter(), evidence=f.everything()
    )


PAPERS: dict[str, Callable[[], PaperNumber]] = {
    "Acceptance receipt": lambda: f.first_application().receipt,
    "Card certificate": lambda: replacement().application.certificate.paper,
    "Loss report receipt": lambda: f.written_report().receipt,
    "Cancellation receipt": lambda: cancelled_report().receipt,
    "Progress slip": lambda: told.tell(f.holder(), actor=f.on_phone()).paper,
}


@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize("scanned", [False, True], ids=["typed", "scanned"])
def test_each_paper_of_ours_is_named_with_its_day_and_nothing_else(client: Client, kind: str, scanned: bool) -> None:
    paper = PAPERS[kind]()
    page = check(client, digits_of(paper) if scanned else paper.number)
    text = page.content.decode()
    day = timezone.now().astimezone(CHINA)
    assert kind in text
    if paper.kind == PaperKind.ANSWER:
        assert verdict_of(page) == "answer"
        assert f"belongs to an answer we gave on {day.day} {day:%B %Y}. It proves nothing" in text
    else:
        assert verdict_of(page) == "in_force"
        assert f"It was issued on {day.day} {day:%B %Y}. Compare kind and day" in text
    for secret in (paper.number, paper.holder.name, paper.holder.id_number, paper.query_code, str(paper.holder_id)):
        assert secret not in text
    assert page.headers["Cache-Control"] == "no-store"


def test_used_replaced_and_ended_papers_are_no_longer_in_force(client: Client) -> None:
    application = replacement().application
    lost = application.certificate.paper_id
    services.replace_certificate(application, actor=f.at_counter(), evidence=f.everything())
    application.refresh_from_db()
    new = application.certificate.paper_id
    assert [verdict_of(check(client, number)) for number in (lost, new)] == ["void", "in_force"]
    f.walk_to(application, "collected")
    ended = cancelled_report()
    voids = [new, ended.report.receipt_id]
    assert [verdict_of(check(client, number)) for number in voids] == ["void", "void"]
    assert verdict_of(check(client, ended.receipt_id)) == "in_force"
    assert "used, cancelled, replaced or has run out" in check(client, ended.report.receipt_id).content.decode()


def test_receipt_of_an_oral_report_ends_with_the_report(client: Client, time_machine: Any) -> None:
    report = f.oral_report()
    assert verdict_of(check(client, report.receipt_id)) == "in_force"
    time_machine.move_to(report.lapses_at, tick=False)
    assert verdict_of(check(client, report.receipt_id)) == "void"


def test_genuine_slip_whose_answer_was_erased_is_told_like_any_answer(client: Client) -> None:
    answer = told.tell(f.holder(), actor=f.on_phone())
    number, digits = answer.paper_id, digits_of(answer.paper)
    answer.delete()
    PaperNumber.objects.filter(pk=number).delete()
    assert verdict_of(check(client, digits)) == "answer"
    assert verdict_of(check(client, number)) == "none"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_unknown_number_is_told_what_to_do(client: Client, language: str) -> None:
    page = check(client, new_paper_number("1"), language)
    assert verdict_of(page) == "none"
    words = ["pay nothing, tell nobody a code", "12333"] if language == "en" else ["不要付款", "谨防诈骗", "12333"]
    assert [word for word in words if word not in page.content.decode()] == []


def test_forged_code_is_none_of_ours_even_with_a_number_of_ours(client: Client) -> None:
    digits = digits_of(f.first_application().receipt)
    page = check(client, digits[:-1] + str((int(digits[-1]) + 1) % 10))
    assert verdict_of(page) == "none"
    assert "not signed by us" in page.content.decode()
    assert "Please scan it again." in page.content.decode()
    assert "Compare the digits" not in page.content.decode()


def test_code_with_the_day_of_another_paper_is_none_of_ours(client: Client) -> None:
    paper = f.first_application().receipt
    other_day = paper_signature.sign(paper.kind, paper.made_at.date().replace(year=2020, day=1), paper.number)
    assert verdict_of(check(client, other_day)) == "none"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the 12-digit number"),
        ("1234", "The number of a paper has 12 digits"),
        ("12345678901X", "only the digits 0 to 9"),
        ("1" * 179, "not all of them were read"),
    ],
)
def test_slip_of_the_finger_is_told_beside_the_field(client: Client, typed: str, sentence: str) -> None:
    page = check(client, typed)
    assert verdict_of(page) == ""
    assert sentence in page.content.decode()


def test_query_code_is_sent_to_the_enquiry(client: Client) -> None:
    code = next(c for n in range(99) if not (c := query_code("100000000000", n + 1)).isdecimal())
    for typed in (code, f"{code[:5]} {code[5:]}".lower()):
        page = check(client, typed)
        assert verdict_of(page) == ""
        assert "Enter a query code on the enquiry page." in page.content.decode()


def test_wrong_check_digit_is_told_without_a_look(client: Client, django_assert_num_queries: Any) -> None:
    number = new_paper_number("1")
    with django_assert_num_queries(0):
        page = check(client, number[:-1] + str((int(number[-1]) + 1) % 10))
    assert "One digit of the paper number is wrong" in page.content.decode()


def test_numbers_cannot_be_scanned(client: Client, settings: Any, clock: Any) -> None:
    clock("2026-03-02 09:30:00")
    settings.LIMIT_NETWORK_SUBJECTS_PER_HOUR = 3
    genuine = f.first_application().receipt_id
    for _ in range(3):
        assert verdict_of(check(client, new_paper_number("1"))) == "none"
    page = check(client, genuine)
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 0
    assert 'data-answer="later"' in page.content.decode()
    assert re.search(r'class="button" href="/verify/">Back to the check<', page.content.decode())
    clock("2026-03-02 09:30:03")
    assert verdict_of(check(client, genuine)) == "in_force"


def test_genuine_numbers_are_limited_by_the_minute_except_in_a_hall(client: Client, settings: Any, clock: Any) -> None:
    clock("2026-03-02 09:30:00")
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 2
    genuine = f.first_application().receipt_id
    assert [check(client, genuine).status_code for _ in range(3)] == [200, 200, 429]
    settings.LIMIT_HALL_NETWORKS = ["127.0.0.1"]
    assert check(client, genuine).status_code == 200


def test_form_is_there_for_everybody_and_names_no_number_in_its_address(client: Client) -> None:
    page = client.get("/verify/?number=123456789012", headers={"Accept-Language": "en"}).content.decode()
    assert "Is this paper or message from us?" in page
    assert 'value="123456789012"' not in page
    assert 'href="/verify/"' in client.get("/privacy/").content.decode()


def test_public_keys_are_published_for_caches(client: Client) -> None:
    response = client.get("/verify/keys.json")
    assert response.headers["Content-Type"] == "application/json"
    assert "public" in response.headers["Cache-Control"]
    keys = json.loads(response.content)["keys"]
    assert [key["kid"] for key in keys] == ["2", "1"]
    assert all(set(key) == {"kty", "crv", "use", "kid", "x"} for key in keys)
    assert client.post("/verify/keys.json").status_code == 405
