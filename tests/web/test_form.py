"""The enquiry's form: what it says of a number that is none, and what it takes for one."""

import re
from datetime import date

import pytest
from django.test import Client
from django.utils import translation

from cards import id_number
from tests import factories

pytestmark = pytest.mark.django_db
GOOD = id_number.compose("119999", date(1990, 3, 7), 1)


def with_check(first17: str) -> str:
    return first17 + id_number.check_character(first17)


# Each part that can be wrong, once.
WRONG = {
    "empty": "  ",
    "fifteen": "119999900307001",
    "length": GOOD[:17],
    "characters": "11999919900307001А",
    "birth_date": with_check("11999919900231001"),
    "birth_future": with_check("11999929900307001"),
    "birth_too_old": with_check("11999918800307001"),
    "check_character": GOOD[:17] + ("1" if GOOD[17] != "1" else "2"),
    "area": with_check("99999919900307001".replace("99", "00", 1)),
}


def test_table_holds_every_part_that_can_be_wrong() -> None:
    assert set(WRONG) == set(id_number._SENTENCES)


@pytest.mark.parametrize("tag", ["en", "zh-hans"])
@pytest.mark.parametrize("part", WRONG)
def test_wrong_number_is_explained_and_kept(client: Client, part: str, tag: str) -> None:
    response = client.post("/status/", {"id_number": WRONG[part]}, headers={"Accept-Language": tag})
    html = response.content.decode()
    with pytest.raises(id_number.IdNumberProblem) as problem:
        id_number.check(WRONG[part])
    assert problem.value.part == part
    with translation.override(tag):
        sentence = str(problem.value.message)
    assert response.status_code == 200
    assert f'<li><a href="#id_id_number">{sentence}</a></li>' in html
    field = re.search(r'<input[^>]*id="id_id_number"[^>]*>', html).group()
    assert f'value="{WRONG[part]}"' in field
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_id_number_helptext id_id_number_error"' in field
    assert re.search(rf'id="id_id_number_error">.*?{re.escape(sentence)}', html, re.S)
    assert response["Cache-Control"] == "no-store"
    assert "answer" not in response.cookies


@pytest.mark.parametrize(
    "typed",
    [
        GOOD,
        f" {GOOD[:6]} {GOOD[6:14]} {GOOD[14:]} ",
        GOOD.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        "\u200b".join(GOOD) + "\ufeff",
        f"{GOOD[:6]}-{GOOD[6:14]}-{GOOD[14:]}",
        f"\u202e{GOOD}\u202c",
    ],
    ids=["plain", "spaces", "full width", "zero width", "hyphens", "direction marks"],
)
def test_every_way_to_write_a_number_finds_its_case(ask, typed: str) -> None:
    factories.first_application(factories.holder(id_number=GOOD))
    assert 'data-answer="found"' in ask(typed).content.decode()


@pytest.mark.parametrize("letter", ["x", "Ｘ", "ｘ", "Ⅹ", "ⅹ"])
def test_every_way_to_write_the_x_finds_its_case(ask, letter: str) -> None:
    number = next(n for n in (id_number.compose("119999", date(1990, 3, 7), o) for o in range(1, 99)) if n[-1] == "X")
    factories.first_application(factories.holder(id_number=number))
    assert 'data-answer="found"' in ask(number[:-1] + letter).content.decode()


@pytest.mark.parametrize("area", ["810000", "820000", "830000", "911111", "659999"])
def test_numbers_of_all_families_are_taken(ask, area: str) -> None:
    number = id_number.compose(area, date(1901, 3, 7), 3)
    factories.first_application(factories.holder(id_number=number))
    assert 'data-answer="found"' in ask(number).content.decode()


@pytest.mark.parametrize(
    "typed", ["", "x" * 5000, "\0", "<script>alert(1)</script>", '"><b>', "１" * 18, "%s%n", "🀄" * 18]
)
def test_anything_else_is_answered_in_words(client: Client, typed: str) -> None:
    response = client.post("/status/", {"id_number": typed})
    assert response.status_code == 200
    html = response.content.decode()
    assert 'class="errors"' in html
    assert "<script>alert" not in html
    assert '"><b>' not in html


def test_form_without_any_field_is_answered_in_words(client: Client) -> None:
    assert "Enter the ID number." in client.post("/status/", headers={"Accept-Language": "en"}).content.decode()


@pytest.mark.parametrize(
    ("code", "told"),
    [("ABC", "10 characters"), ("UUUUUUUUUU", "without U"), ("0000000001", "One character of the query code")],
)
def test_malformed_query_code_is_explained(client: Client, code: str, told: str) -> None:
    response = client.post("/status/", {"id_number": GOOD, "code": code}, headers={"Accept-Language": "en"})
    html = response.content.decode()
    assert response.status_code == 200
    assert re.search(rf'<a href="#id_code">[^<]*{told}', html)
    assert f'value="{GOOD}"' in html
    assert f'value="{code}"' in html


def test_blank_query_code_is_none(ask) -> None:
    application = factories.first_application()
    assert 'data-level="outline"' in ask(application.holder.id_number, code=" \u200b ").content.decode()


def test_query_code_is_read_as_it_is_meant(ask) -> None:
    application = factories.first_application()
    code = application.receipt.query_code
    typed = f" {code[:5].lower()}-{code[5:].replace('0', 'o').replace('1', 'l')} "
    assert 'data-level="full"' in ask(application.holder.id_number, code=typed).content.decode()


@pytest.mark.parametrize(
    ("policy", "fields"),
    [
        ("number", ["id_number", "code"]),
        ("number_and_name", ["id_number", "name", "code"]),
        ("number_and_code", ["id_number", "code"]),
    ],
)
def test_fields_follow_the_policy(client: Client, settings, policy: str, fields: list[str]) -> None:
    settings.ENQUIRY_POLICY = policy
    html = client.get("/status/", headers={"Accept-Language": "en"}).content.decode()
    main = html[html.index("<main") :]
    assert re.findall(r'<input type="text" name="(\w+)"', main) == fields
    assert main.count("(optional)") == (0 if policy == "number_and_code" else 1)


@pytest.mark.parametrize(
    ("policy", "told"),
    [("number_and_name", "Enter the name of the cardholder."), ("number_and_code", "Enter the query code")],
)
def test_second_thing_is_asked_for_where_the_policy_wants_it(client: Client, settings, policy: str, told: str) -> None:
    settings.ENQUIRY_POLICY = policy
    response = client.post("/status/", {"id_number": GOOD}, headers={"Accept-Language": "en"})
    assert response.status_code == 200
    assert told in response.content.decode()


def test_name_that_cannot_be_one_is_explained(client: Client, settings) -> None:
    settings.ENQUIRY_POLICY = "number_and_name"
    response = client.post("/status/", {"id_number": GOOD, "name": "张3"}, headers={"Accept-Language": "en"})
    assert "A name has 2 to 50 characters and no digits." in response.content.decode()
