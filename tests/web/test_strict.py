"""Under the strict policies every miss is the same, to the byte."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation

from cards import services
from cards.answers import wording
from cards.models import AccessRecord, Application
from tests import factories

pytestmark = pytest.mark.django_db
Fields = dict[str, str]


def seen_by_a_stranger(fields: Fields, address: str = "192.0.2.1") -> tuple[object, ...]:
    """Everything a look-up shows: status, length, headers and body of both responses, the secrets masked."""
    client = Client(REMOTE_ADDR=address)
    headers = {"Accept-Language": "zh"}
    responses = [client.post("/status/", fields, headers=headers), client.get("/status/answer/", headers=headers)]
    return tuple(
        (
            response.status_code,
            len(response.content),
            sorted(response.headers.items()),
            [re.sub(r"=[^;]{20,}", "=…", cookie.OutputString()) for cookie in response.cookies.values()],
            re.sub(r'value="[A-Za-z0-9]{64}"', 'value="…"', response.content.decode()),
        )
        for response in responses
    )


def misses_of_the_name() -> dict[str, Fields]:
    mine, other = factories.first_application(), factories.first_application(factories.holder(name="李四"))
    nothing = factories.holder(name="王小明")
    number = mine.holder.id_number
    return {
        "not found": {"id_number": factories.synthetic_id_number(), "name": "张三"},
        "wrong name": {"id_number": number, "name": "赵六"},
        "name of another": {"id_number": number, "name": other.holder.name},
        "half the name": {"id_number": number, "name": "张三丰"},
        "wrong name with the right code": {"id_number": number, "name": "赵六", "code": mine.receipt.query_code},
        "nothing to show": {"id_number": nothing.id_number, "name": "王小明"},
        "closed subject": {"id_number": closed_subject().holder.id_number, "name": "孙七"},
    }


def closed_subject() -> Application:
    """The case of a person whom strangers missed so often today that only the code opens anything."""
    application = factories.first_application(factories.holder(name="孙七"))
    number = application.holder.id_number
    for stranger in range(20):
        Client(REMOTE_ADDR=f"198.51.100.{stranger}").post("/status/", {"id_number": number, "name": "无名"})
    return application


def misses_of_the_code() -> dict[str, Fields]:
    mine, other, voided = (factories.first_application() for _ in range(3))
    old = voided.receipt.query_code
    services.reissue_code(voided, actor=factories.at_counter(), evidence=factories.everything())
    nothing = factories.holder()
    code = other.receipt.query_code
    return {
        "not found": {"id_number": factories.synthetic_id_number(), "code": code},
        "code of another": {"id_number": mine.holder.id_number, "code": code},
        "void code": {"id_number": voided.holder.id_number, "code": old},
        "no paper": {"id_number": nothing.id_number, "code": code},
        "code of a person not found": {"id_number": factories.synthetic_id_number(), "code": old},
    }


@pytest.mark.parametrize(
    ("policy", "misses"), [("number_and_name", misses_of_the_name), ("number_and_code", misses_of_the_code)]
)
def test_every_miss_is_the_same_to_the_byte(settings, clock: Callable, policy: str, misses: Callable) -> None:
    settings.ENQUIRY_POLICY = policy
    clock("2026-03-02 09:30:00")
    kinds: dict[str, Fields] = misses()
    assert len(kinds) >= 5
    shown = {kind: seen_by_a_stranger(fields) for kind, fields in kinds.items()}
    assert len(set(map(repr, shown.values()))) == 1, {kind: len(repr(s)) for kind, s in shown.items()}
    (post, answer) = shown["not found"]
    assert (post[0], answer[0]) == (303, 200)
    assert 'data-answer="none"' in answer[4]
    with translation.override("zh-hans"):
        reasons = wording.REASONS_OF_THE_SECOND_THING[policy]
        assert reasons
        assert all(str(reason) in answer[4] for reason in reasons)


@pytest.mark.parametrize("policy", ["number_and_name", "number_and_code"])
def test_the_right_second_thing_opens_what_the_policy_allows(ask, settings, policy: str) -> None:
    settings.ENQUIRY_POLICY = policy
    application = factories.first_application(factories.holder(name="阿依古丽·买买提"))
    number, code = application.holder.id_number, application.receipt.query_code
    if policy == "number_and_name":
        assert 'data-level="outline"' in ask(number, name="阿依古丽．买买提").content.decode()
        assert 'data-level="full"' in ask(number, name="阿依古丽•买买提", code=code).content.decode()
    else:
        assert 'data-level="full"' in ask(number, code=code).content.decode()


def test_closed_subject_still_opens_to_the_code(ask, settings) -> None:
    """A stranger never locks the holder out."""
    settings.ENQUIRY_POLICY = "number_and_name"
    application = closed_subject()
    number, code = application.holder.id_number, application.receipt.query_code
    assert 'data-answer="none"' in ask(number, name="孙七").content.decode()
    assert 'data-level="full"' in ask(number, name="孙七", code=code).content.decode()


def test_every_miss_leaves_the_same_record(settings) -> None:
    settings.ENQUIRY_POLICY = "number_and_name"
    kinds = misses_of_the_name()
    del kinds["nothing to show"]  # a person found, whose record this is
    before = AccessRecord.objects.count()
    for fields in kinds.values():
        seen_by_a_stranger(fields)
    records = list(AccessRecord.objects.order_by("at"))[before:]
    assert len(records) == len(kinds)
    assert {(r.holder_id, r.purpose, r.outcome, r.channel, len(bytes(r.subject_digest))) for r in records} == {
        (None, "enquiry", "none", "web", 32)
    }
