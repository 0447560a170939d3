"""Bars with a table beside them: the geometry of an SVG that needs neither a style nor a script."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, ROW, BAR_TOP, BAR_HEIGHT = 320, 44, 22, 12


@dataclass(frozen=True)
class Bar:
    """One line: what it is, how many, a part of them that matters, and the list behind it."""

    label: str
    value: int
    url: str = ""
    part: int = 0
    cells: Sequence[str] = ()
    unit: str = ""

    @property
    def told(self) -> str:
        """The figure at the end of the bar."""
        return f"{self.value}{self.unit}"


@dataclass(frozen=True)
class Drawn:
    """A bar in the units of the drawing, as texts, because a template writes numbers by the rules of a language."""

    bar: Bar
    y_text: str
    y_bar: str
    width: str
    part_width: str


@dataclass(frozen=True)
class Chart:
    """A panel of the overview; `columns` are the headings after the label, `part_label` says what the dark part is."""

    key: str
    title: str
    hint: str
    columns: Sequence[str]
    bars: Sequence[Bar]
    empty: str
    part_label: str = ""
    wide: bool = False

    @property
    def has_any(self) -> bool:
        """Whether there is anything to draw."""
        return any(bar.value for bar in self.bars)

    @property
    def view_box(self) -> str:
        """The size of the drawing."""
        return f"0 0 {WIDTH} {ROW * len(self.bars)}"

    @property
    def drawn(self) -> list[Drawn]:
        """Every bar in its place; the longest fills the width."""
        most = max((bar.value for bar in self.bars), default=0) or 1
        return [
            Drawn(
                bar,
                y_text=str(place * ROW + BAR_TOP - 7),
                y_bar=str(place * ROW + BAR_TOP),
                width=_length(bar.value, most),
                part_width=_length(bar.part, most),
            )
            for place, bar in enumerate(self.bars)
        ]


def _length(value: int, most: int) -> str:
    """The length of a bar; whatever is not nothing is seen."""
    return f"{max(value / most * WIDTH, 2 if value else 0):.1f}"
