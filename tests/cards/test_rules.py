"""Rule data: what cannot be a rule book is refused in words, and each day has the book of its date."""

from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from cards import rules
from cards.memory import forget_all
from cards.models import RuleSet
from cards.models.rule_data import book_on
from cards.office_vocabulary import RuleState
from cards.rules import CHINA, RuleBook, RuleDataWrong
from cards.vocabulary import FeeExemption
from tests.factories import UserFactory

DAY = date(2026, 3, 2)


def parse(data: Any, **more: Any) -> RuleBook:
    return rules.parse(data, version="v", valid_from=DAY, **more)


NUMBERS = [name for name, field in rules._NAMES.items() if isinstance(field.default, int)]
WRONG: list[tuple[Any, str]] = [
    ({"oral_validity": 7}, "oral_validity"),
    ({"version": "w"}, "version"),
    ({"valid_from": "2026-01-01"}, "valid_from"),
    ({"standards": {}}, "standards"),
    ({"fee_exemptions": "first_issue"}, "fee_exemptions"),
    ({"fee_exemptions": ["birthday"]}, "fee_exemptions"),
    ({"fee_exemptions": [["first_issue"]]}, "fee_exemptions"),
    ({"fee_exemptions": [{}]}, "fee_exemptions"),
    ({"cancelled_also_by": ["holder"]}, "cancelled_also_by"),
    ({"oral_cancelled_also_through": ["web"]}, "oral_cancelled_also_through"),
    ({"oral_validity_in_working_days": 1}, "oral_validity_in_working_days"),
    ({"oral_validity_days": 0}, "oral_validity_days"),
    ({"oral_reports_window_days": 0}, "oral_reports_window_days"),
    ({"collection_deadline_days": 0}, "collection_deadline_days"),
    *(({name: value}, name) for name in NUMBERS for value in ("7", 7.0, None, [7])),
    *(({name: True}, name) for name in NUMBERS if not isinstance(rules._NAMES[name].default, bool)),
    *(({name: -1}, name) for name in NUMBERS),
    *(({name: 10**9}, name) for name in NUMBERS if not isinstance(rules._NAMES[name].default, bool)),
    ([], "object"),
    ("7", "object"),
    (None, "object"),
]


@pytest.mark.parametrize(("data", "named"), WRONG, ids=lambda value: repr(value)[:60])
def test_data_that_cannot_be_a_rule_book_is_refused_by_name(data: Any, named: str) -> None:
    with pytest.raises(RuleDataWrong, match=named):
        parse(data)


@pytest.mark.parametrize(
    "key",
    [
        "accepted",
        "",
        "factory.",
        "factory.lost",
        "steam.accepted",
        "gift.factory.accepted",
        "x.first.factory.accepted",
        "first.accepted",
    ],
)
def test_a_standard_must_name_kind_method_and_stage(key: str) -> None:
    with pytest.raises(RuleDataWrong, match=r"kind\.method\.stage"):
        parse({}, standards={key: 3})


@pytest.mark.parametrize("days", [-1, "3", 3.5, None, True])
def test_a_standard_is_a_number_of_days(days: Any) -> None:
    with pytest.raises(RuleDataWrong, match=r"factory\.accepted"):
        parse({}, standards={"factory.accepted": days})


def test_empty_data_are_the_defaults() -> None:
    assert parse({}) == RuleBook(version="v", valid_from=DAY)
    assert parse({"fee_exemptions": []}).fee_exemptions == ()
    assert parse({"fee_exemptions": list(FeeExemption)}).fee_exemptions == tuple(FeeExemption)


def test_a_standard_of_the_kind_goes_before_that_of_the_method() -> None:
    book = parse({}, standards={"factory.accepted": 10, "replacement.factory.accepted": 15, "instant.accepted": 0})
    assert book.standard_to_ready("first", "factory", "accepted") == 10
    assert book.standard_to_ready("replacement", "factory", "accepted") == 15
    assert book.standard_to_ready("replacement", "instant", "accepted") == 0
    assert book.standard_to_ready("first", "factory", "sending") == 0


def test_the_collection_deadline_counts_from_the_day_in_china() -> None:
    book = parse({"collection_deadline_days": 10})
    assert book.collection_deadline(datetime(2026, 3, 2, 23, 59, tzinfo=CHINA)) == date(2026, 3, 12)
    assert book.collection_deadline(datetime(2026, 3, 3, 0, 1, tzinfo=CHINA)) == date(2026, 3, 13)


def test_the_window_of_oral_reports_holds_its_days_and_no_more() -> None:
    assert parse({}).oral_reports_count_from(date(2026, 3, 31)) == datetime(2026, 3, 2, tzinfo=CHINA)


# --- dated rule sets ----------------------------------------------------------------------------------------------


def rule_set(version: str, day: date, **given: Any) -> RuleSet:
    row = {"state": RuleState.IN_FORCE, "citation_zh": "规定", "citation_en": "Rule", "data": {}} | given
    return RuleSet.objects.create(version=version, valid_from=day, **row)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2026, 3, 31), "2026-default"),
        (date(2026, 4, 1), "spring"),
        (date(2026, 8, 31), "spring"),
        (date(2026, 9, 1), "autumn"),
        (date(2026, 9, 2), "autumn, corrected"),
        (date(2030, 1, 1), "autumn, corrected"),
    ],
)
def test_each_day_has_the_rules_of_its_date_and_a_draft_binds_nobody(day: date, version: str) -> None:
    rule_set("spring", date(2026, 4, 1), data={"oral_validity_days": 5})
    rule_set("autumn", date(2026, 9, 1))
    rule_set("autumn, corrected", date(2026, 9, 2))
    rule_set("winter", date(2026, 12, 1), state=RuleState.DRAFT)
    rule_set("spring in doubt", date(2026, 5, 1), state=RuleState.WITHDRAWN)
    rule_set("summer", date(2026, 6, 1), state=RuleState.REVIEWED, reviewed_by=UserFactory())
    forget_all()
    assert book_on(day).version == version
    assert book_on(day).oral_validity_days == (5 if version == "spring" else 7)


@pytest.mark.django_db
def test_before_the_first_rule_set_the_error_says_what_to_do() -> None:
    with pytest.raises(RuleSet.DoesNotExist, match="load_rules"):
        book_on(date(2019, 12, 31))


@pytest.mark.django_db
def test_a_book_brings_its_standards_version_and_citation() -> None:
    book = book_on(DAY)
    assert book.version == "2026-default"
    assert book.standards["replacement.factory.accepted"] == 15
    assert "人社部发" in book.citation_zh
    assert book.citation_en


@pytest.mark.django_db
def test_a_book_is_remembered_for_half_a_minute_only(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    from cards import memory

    moment = [100.0]
    monkeypatch.setattr(memory.time, "monotonic", lambda: moment[0])
    assert book_on(DAY).fee_yuan == 20
    RuleSet.objects.update(data={"fee_yuan": 9})
    with django_assert_num_queries(0):
        assert book_on(DAY).fee_yuan == 20
    moment[0] += 31
    assert book_on(DAY).fee_yuan == 9


@pytest.mark.django_db
@pytest.mark.parametrize("data", [*[data for data, _named in WRONG if data is not None][::7], [], "7"])
def test_an_editor_reads_what_is_wrong_with_the_data(data: Any) -> None:
    row = RuleSet(version="w", valid_from=DAY, citation_zh="规定", citation_en="Rule", data=data)
    with pytest.raises(ValidationError) as refused:
        row.clean()
    assert set(refused.value.message_dict) == {"data"}
