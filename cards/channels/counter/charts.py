"""Charts as tables whose rows hold their bar: an SVG that needs neither a style nor a script."""

from collections.abc import Sequence
from dataclasses import dataclass

# The units of a drawing; it is stretched to whatever room its column has.
WIDTH = 100


@dataclass(frozen=True)
class Bar:
    """One row: what it is, how many, a part of them that matters, further figures, and the list behind it."""

    label: str
    value: int
    url: str = ""
    part: int = 0
    cells: Sequence[str] = ()


@dataclass(frozen=True)
class Drawn:
    """A bar with its lengths as texts, because a template writes numbers by the rules of a language."""

    bar: Bar
    length: str
    part: str


@dataclass(frozen=True)
class Chart:
    """A panel of the overview; `columns` are the headings of the figures, `part_label` names the dark part of bars."""

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
    def drawn(self) -> list[Drawn]:
        """Every bar; the longest fills the width."""
        most = max((bar.value for bar in self.bars), default=0)
        return [Drawn(bar, _length(bar.value, most), _length(bar.part, most)) for bar in self.bars]


def _length(value: int, most: int) -> str:
    """The length of a bar; whatever is not nothing is seen."""
    return f"{max(value / most * WIDTH, 1):.1f}" if value else "0"
