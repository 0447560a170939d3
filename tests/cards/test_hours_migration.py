"""Hours that were text become data where they can be read, and stay word for word where they cannot; and back."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.migrating import migrated_to, newest

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = [("cards", "0019_monthly_times")], [("cards", "0020_opening_hours")]
READ = {
    "Monday to Friday 9:00-17:00": "1-5 9:00-17:00",
    "Monday-Friday 9:00 – 12:00, 13:30 – 17:00": "1-5 9:00-12:00 13:30-17:00",
    "Monday to Friday 9:00-17:00, Saturday 9:00-12:00": "1-5 9:00-17:00\n6 9:00-12:00",
    "Sunday 10:00-16:00.": "7 10:00-16:00",
}
KEPT = [
    "by appointment",
    "Monday to Friday, mornings",
    "Monday to Friday 9:00-17:00, not on the first of a month",
    "9-5",
]


@pytest.fixture
def before() -> Iterator[Any]:
    """The tables as they were; at the end they are as they are."""
    yield migrated_to(BEFORE)
    newest()


def test_hours_become_data_and_nothing_is_lost(before: Any) -> None:
    outlets = before.get_model("cards", "Outlet").objects
    common = {"kind": "agency", "name_zh": "窗口", "district_zh": "区", "district_en": "District", "phone": "12333"}
    for text in (*READ, *KEPT):
        row = {
            "hours_en": text,
            "hours_zh": f"中文 {text}",
            "name_en": text[:40],
            "address_zh": "路",
            "address_en": "Road",
        }
        outlets.create(**common, **row)
    after = migrated_to(AFTER).get_model("cards", "Outlet").objects
    told = {one.name_en: (one.opening, one.remark_en, one.remark_zh) for one in after.all()}
    assert told == {text[:40]: (short, "", "") for text, short in READ.items()} | {
        text[:40]: ("", text, f"中文 {text}") for text in KEPT
    }
    back = migrated_to(BEFORE).get_model("cards", "Outlet").objects
    again = {one.name_en: one.hours_en for one in back.all()}
    assert {text: again[text[:40]] for text in KEPT} == {text: text for text in KEPT}
    assert all(again[text[:40]] for text in READ)
