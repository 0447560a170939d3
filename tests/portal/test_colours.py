"""The colours of the stylesheet, measured: WCAG contrast of every pair that stands together, in every mode."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = (Path(settings.BASE_DIR) / "static" / "portal.css").read_text(encoding="utf-8")
# What is written on what.
TEXT = [
    ("ink", "paper"), ("ink", "sheet"), ("ink", "jade-wash"), ("ink", "amber-wash"),
    ("ink-soft", "paper"), ("ink-soft", "sheet"), ("ink-soft", "jade-wash"), ("ink-soft", "amber-wash"),
    ("jade", "paper"), ("jade", "sheet"), ("jade-deep", "jade-wash"), ("jade", "jade-wash"),
    ("amber", "amber-wash"), ("red", "sheet"), ("red", "paper"), ("on-jade", "jade"), ("sheet", "red"),
]  # fmt: skip
# Frames and marks that carry meaning.
MARKS = [
    ("edge", "paper"),
    ("edge", "sheet"),
    ("jade", "sheet"),
    ("amber", "sheet"),
    ("red", "paper"),
    ("ink", "halo"),
]


def tokens(selector: str, scheme: int) -> dict[str, str]:
    """Return the colour tokens of every rule of a selector, for light (0) or dark (1)."""
    found: dict[str, str] = {}
    for body in re.findall(rf"(?:^|\n)\s*{re.escape(selector)} {{([^}}]*)}}", CSS):
        for name, value in re.findall(r"--([\w-]+): ([^;]+);", body):
            colours = re.findall(r"#[0-9a-f]{3,6}\b", value)
            if colours:
                found[name] = colours[scheme] if len(colours) == 2 else colours[0]
    return found


def luminance(colour: str) -> float:
    """Return the relative luminance of a #rgb or #rrggbb colour."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("elder", "floor"), [(False, 4.5), (True, 7.0)], ids=["standard", "elder"])
def test_text_can_be_read(scheme: int, elder: bool, floor: float) -> None:
    colours = tokens(":root", scheme) | (tokens("[data-mode=elder]", scheme) if elder else {})
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in TEXT}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < floor} == {}


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_marks_can_be_seen(scheme: int) -> None:
    colours = tokens(":root", scheme)
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in MARKS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}


def test_the_measure_itself() -> None:
    assert round(contrast("#000", "#ffffff"), 1) == 21.0
    assert round(contrast("#777777", "#fff"), 2) == 4.48
    assert {"ink", "paper", "jade", "halo"} <= tokens(":root", 1).keys()
    assert tokens(":root", 0)["ink"] != tokens(":root", 1)["ink"]
