"""The comparison of two texts reads like a corrected page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance import differences
from guidance.differences import ADDED, REMOVED, SAME


def told(old: str, new: str) -> str:
    marks = {ADDED: "{+%s+}", REMOVED: "[-%s-]", SAME: "%s"}
    return "".join(marks.get(piece.kind, "%s") % piece.text for piece in differences.between(old, new))


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("Bring the card.", "Bring your card.", "Bring [-the-]{+your+} card."),
        ("请带身份证原件。", "请带有效身份证原件。", "请带{+有效+}身份证原件。"),
        ("七天内到窗口。", "15天内到窗口。", "[-七-]{+15+}天内到窗口。"),
        ("Within 7 days", "Within 15 days", "Within [-7-]{+15+} days"),
        ("a b c d", "w x y z", "[-a b c d-]{+w x y z+}"),
        ("", "新的一段", "{+新的一段+}"),
        ("同样\r\n两行", "同样\n两行", ""),
    ],
)
def test_what_came_and_what_went(old, new, shown):
    assert told(old, new) == shown


def test_what_stayed_far_from_a_change_is_left_out():
    long = "前文" * 200
    pieces = differences.between(f"{long}旧{long}", f"{long}新{long}")
    assert [piece.kind for piece in pieces] == ["left out", SAME, REMOVED, ADDED, SAME, "left out"]
    assert sum(len(piece.text) for piece in pieces) < 200


@given(st.text(alphabet="社保卡。a b1\n", max_size=40), st.text(alphabet="社保卡。a b1\n", max_size=40))
def test_nothing_is_invented_and_nothing_forgotten(old, new):
    pieces = differences.between(old, new)
    if not pieces:
        assert old == new
        return
    assert "".join(piece.text for piece in pieces if piece.kind != ADDED) == old
    assert "".join(piece.text for piece in pieces if piece.kind != REMOVED) == new


def test_lists_differ_by_what_left_and_what_came_each_on_a_line():
    assert differences.of_lists(["a", "b"], ["b", "a"]) == []
    pieces = differences.of_lists(["a", "b", "c"], ["c", "d"])
    assert [(piece.kind, piece.text) for piece in pieces] == [
        (differences.REMOVED, "a"),
        (differences.SAME, "\n"),
        (differences.REMOVED, "b"),
        (differences.SAME, "\n"),
        (differences.ADDED, "d"),
    ]
