"""A paper ready for the printer: its number, code and picture, and its text in one or both languages."""

from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from cards import paper_signature
from cards.answers import answer_report
from cards.models import Cardholder, PaperNumber
from cards.paper_number import spaced_code, spaced_paper_number
from cards.papers import picture, words
from cards.papers.content import Content, content_of
from cards.rules import CHINA
from cards.vocabulary import OPENING_PAPERS

LANGUAGES = {"zh-hans": "zh-Hans", "en": "en"}


@dataclass(frozen=True)
class Wish:
    """How a paper is wanted: both languages side by side, or one of them in large type."""

    large: bool = False
    language: str = ""

    @classmethod
    def read(cls, asked: str, language: str, present: str) -> "Wish":
        """From the address: `type=large` and `language`; a language we do not have is the reader's."""
        if asked != "large":
            return cls()
        return cls(True, language if language in LANGUAGES else present if present in LANGUAGES else "zh-hans")

    @property
    def languages(self) -> list[str]:
        """The languages on the paper."""
        return [self.language] if self.large else list(LANGUAGES)


@dataclass
class Column:
    """The sheet in one language."""

    html_language: str
    title: str
    facts: list[tuple[str, str]]
    lines: list[list[str]]
    advice: list[str]
    labels: dict[str, str]


@dataclass
class Sheet:
    """A paper; without code and picture when it is no longer in force."""

    number: str
    code: str
    in_force: bool
    digits: str
    verify_at: str
    large: bool
    columns: list[Column] = field(default_factory=list)
    picture: str = ""
    signed: bool = True
    spoken: str = ""
    bank: str = ""


def sheet_of(paper: PaperNumber, holder: Cardholder, wish: Wish = Wish()) -> Sheet:
    """Read what a paper is about and word it as it is wanted."""
    content = content_of(paper, holder)
    digits = digits_of(paper)
    sheet = Sheet(
        number=spaced_paper_number(paper.number),
        code=spaced_code(paper.query_code) if paper.in_force and paper.kind in OPENING_PAPERS else "",
        in_force=paper.in_force,
        digits=digits,
        verify_at=settings.SITE_URL.rstrip("/") + reverse("verify"),
        large=wish.large,
        picture=picture.qr_svg(digits, words.picture_label()) if paper.in_force else "",
        signed=content.answer is None,
    )
    for language in wish.languages:
        with translation.override(language):
            sheet.columns.append(_column(content, language))
    if content.report is not None and content.cancellation is None:
        sheet.spoken = answer_report(content.report, timezone.now()).phone
        if content.report.card.bank:
            bank = content.report.card.bank
            sheet.bank = f"{bank.told('name')} · {bank.hotline}"
    return sheet


def digits_of(paper: PaperNumber) -> str:
    """The signed digits of a paper; they say kind, day and number, and nothing of the person."""
    return paper_signature.sign(paper.kind, paper.made_at.astimezone(CHINA).date(), paper.number)


def _column(content: Content, language: str) -> Column:
    return Column(
        LANGUAGES[language],
        words.title_of(content.paper.kind),
        words.facts(content),
        [matter["slip"] for matter in content.answer.words[language]] if content.answer else [],
        words.advice(content),
        words.labels(content),
    )
