"""The face of the portal on one page of a demonstration: type, space, colours with their contrast, components."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from cards.vocabulary import Stage

STYLE = settings.BASE_DIR / "static" / "portal.css"
TOKEN = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{3,6}), (#[0-9a-f]{3,6})\)")
# Where one block of tokens ends and that of the large type begins.
ELDER = "[data-mode=elder]"
# Least contrast: of text (WCAG 2.2, 1.4.3), of what is no text (1.4.11), of text in large type (1.4.6).
TEXT, SHAPE, LARGE_TYPE = 4.5, 3.0, 7.0
COLOURS = {
    "ink": gettext_lazy("what is written"),
    "ink-soft": gettext_lazy("hints and labels"),
    "paper": gettext_lazy("the page"),
    "sheet": gettext_lazy("cards and fields"),
    "line": gettext_lazy("lines that only divide"),
    "edge": gettext_lazy("edges of fields"),
    "jade": gettext_lazy("links, buttons, what is done"),
    "jade-deep": gettext_lazy("titles on jade wash"),
    "jade-wash": gettext_lazy("ground of what goes well"),
    "on-jade": gettext_lazy("text on buttons"),
    "amber": gettext_lazy("something is needed"),
    "amber-wash": gettext_lazy("ground of what is needed"),
    "red": gettext_lazy("errors, what is stopped"),
    "halo": gettext_lazy("glow around the focus"),
}
# What stands on what, and how much contrast it needs at least.
PAIRS = (
    ("ink", "paper", TEXT),
    ("ink", "sheet", TEXT),
    ("ink", "jade-wash", TEXT),
    ("ink", "amber-wash", TEXT),
    ("ink-soft", "paper", TEXT),
    ("ink-soft", "sheet", TEXT),
    ("ink-soft", "jade-wash", TEXT),
    ("ink-soft", "amber-wash", TEXT),
    ("jade", "paper", TEXT),
    ("jade", "sheet", TEXT),
    ("jade", "jade-wash", TEXT),
    ("jade-deep", "jade-wash", TEXT),
    ("on-jade", "jade", TEXT),
    ("on-jade", "jade-deep", TEXT),
    ("amber", "amber-wash", TEXT),
    ("red", "sheet", TEXT),
    ("sheet", "red", TEXT),
    ("edge", "sheet", SHAPE),
    ("edge", "paper", SHAPE),
)
LOOKS = ("light", "dark", "large, light", "large, dark")


@dataclass(frozen=True)
class Contrast:
    """What stands on what, the least it needs, and the ratio in each of the four looks."""

    front: str
    ground: str
    least: float
    ratios: tuple[float, ...]

    def needed(self, look: int) -> float:
        """How much it needs: text in large type needs more than elsewhere."""
        return LARGE_TYPE if look >= 2 and self.least == TEXT else self.least

    @property
    def enough(self) -> bool:
        """Whether it is enough in every look."""
        return all(ratio >= self.needed(look) for look, ratio in enumerate(self.ratios))


def _luminance(colour: str) -> float:
    """How bright a colour such as #0b5d5a is, 0 to 1, as WCAG reckons."""
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """The contrast between two colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@cache
def tokens() -> dict[str, dict[str, str]]:
    """The colours of each look by their names, read from the style sheet itself."""
    standard, _mark, elder = STYLE.read_text(encoding="utf-8").partition(f"\n{ELDER} {{")
    own = {name: both for name, *both in TOKEN.findall(standard)}
    large = own | {name: both for name, *both in TOKEN.findall(elder)}
    return {
        look: {name: both[at % 2] for name, both in (own if at < 2 else large).items()}
        for at, look in enumerate(LOOKS)
    }


def contrasts() -> Iterator[Contrast]:
    """Every pair with its contrast in the four looks."""
    found = tokens()
    for front, ground, least in PAIRS:
        measured = tuple(round(ratio(found[look][front], found[look][ground]), 1) for look in LOOKS)
        yield Contrast(front, ground, least, measured)


class Sample(forms.Form):
    """Fields in their states."""

    use_required_attribute = False
    name = forms.CharField(
        label=pgettext_lazy("of a person", "Name"), help_text=gettext_lazy("As it stands on the ID document.")
    )
    code = forms.CharField(label=gettext_lazy("Query code"), required=False)
    number = forms.CharField(
        label=gettext_lazy("Citizen identification number"),
        error_messages={"required": gettext_lazy("Enter the ID number.")},
    )


def _ledgers() -> list[tuple[str, str]]:
    return [
        ("works", _("Works")),
        ("stopped", pgettext("ledger", "Stopped")),
        ("unknown", pgettext("ledger", "Not known")),
    ]


def sample_page() -> dict[str, Any]:
    """Something to show of each component, in the words the portal uses anyway."""
    ready = {"title": _("Your card is ready to collect"), "text": _("Bring your ID document.")}
    states = [
        ("done", _("done"), Stage.ACCEPTED),
        ("stopped", _("stopped"), Stage.CHECKING),
        ("now", _("now"), Stage.PRODUCING),
        ("next", _("to come"), Stage.READY),
    ]
    return {
        "verdicts": [ready, {**ready, "kind": "act"}, {**ready, "kind": "over"}],
        "steps": [{"state": state, "state_label": told, "label": stage.label} for state, told, stage in states],
        "ledgers": [
            {"kind": kind, "title": title, "lines": [_("Social security function")]} for kind, title in _ledgers()
        ],
        "facts": [{"label": _("Query code"), "value": "7K2M9-QX4TD"}],
        "notices": [
            ("info", _("What is good to know.")),
            ("success", _("What has been done.")),
            ("warn", _("What must not be missed.")),
        ],
        "unfilled": Sample(),
        "wrong": Sample({"name": "张三", "code": "7K2", "number": ""}, auto_id="wrong_%s"),
    }


@csrf_exempt  # other methods get their 405
@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show the design system; an installation with real data has no such page."""
    if not settings.DEMO:
        raise Http404
    context = {
        "colours": [(name, use, *(tokens()[look][name] for look in LOOKS[:2])) for name, use in COLOURS.items()],
        "contrasts": list(contrasts()),
        "spaces": [(count, count * 9, count * 9 * 2) for count in (1, 2, 3, 5, 8)],
        **sample_page(),
    }
    response = render(request, "design.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
