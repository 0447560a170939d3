"""One card, four doors: website, WeChat, voice line and hotline officer tell the same stage, dates and next step."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from cards import memory
from cards.answers import answer_application
from cards.answers.joining import as_sentence, sentences
from cards.channels.hotline import prompts
from cards.management import shipped_rules, staff_groups
from cards.models import Application, Forecast
from cards.vocabulary import ApplicationKind, IssueMethod, Stage, StopReason
from tests import factories as f
from tests.counter.desk import Desk
from tests.voice.asterisk import Caller, serving
from tests.wechat import platform
from tests.wechat.binding import Chat, bind

pytestmark = pytest.mark.django_db(transaction=True)
STAGES = [Stage.ACCEPTED, Stage.CHECKING, Stage.BANK_ACCOUNT, Stage.PRODUCING, Stage.SENDING, Stage.READY]


@pytest.fixture(autouse=True)
def all_doors_open(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules, an Official Account, a hotline, prompts named by their words, and forecasts with dates in them."""
    memory.forget_all()
    shipped_rules.load(shipped_rules.read())
    staff_groups.load()
    for name, value in platform.SETTINGS.items():
        setattr(settings, name, value)
    settings.HOTLINE_HOURS = "1-7 0:00-24:00"

    def named(text: str, language: str, *, slowly: bool = False) -> str:
        return f"{tmp_path}/{language}/{prompts.name_of(text)}"

    monkeypatch.setattr(prompts, "file_of", named)
    for stage in STAGES[:-1]:
        Forecast.objects.update_or_create(
            kind=ApplicationKind.FIRST,
            method=IssueMethod.FACTORY,
            stage=stage,
            defaults={"half_days": 4, "most_days": 9, "cases": 60, "computed_at": timezone.now()},
        )


def plain(html: str) -> str:
    """The words of a page, without its marks, in one line."""
    text = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


class Doors:
    """The four doors, each as its own peer speaks to it."""

    def __init__(self, application: Application, language: str, settings: Any) -> None:
        self.application, self.language = application, language
        settings.DEFAULT_LANGUAGE = language
        self.client = Client(headers={"accept-language": language})
        self.client.cookies["lang"] = language
        self.chat = Chat()
        self.officer = Desk("hotline")
        self.officer.client.cookies["lang"] = language
        self.open_website()
        bind(self.client, self.chat)

    def open_website(self) -> None:
        holder, code = self.application.holder, self.application.receipt.query_code
        self.client.post("/status/", {"id_number": holder.id_number})
        self.client.post("/status/code/", {"code": code})

    def website(self) -> str:
        return plain(self.client.get("/status/answer/").content.decode())

    def wechat(self) -> str:
        # A message and no click of the menu: two clicks within a second are one to the platform, as to us.
        return self.chat.says("进度" if self.language == "zh-hans" else "progress")

    def telephone(self) -> list[str]:
        """The names of the prompts that were played."""
        four = self.application.holder.id_number[-4:].replace("X", "*")
        with serving() as address:
            return Caller(address, [f"{self.application.receipt_id}#", f"{four}#", "0#"]).call().heard

    def screen(self) -> str:
        return plain(self.officer.read(self.application.holder))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_one_card_through_four_doors(settings: Any, language: str) -> None:
    """At every stage, and while its clock stands."""
    application = f.first_application()
    doors = Doors(application, language, settings)
    for stage in STAGES:
        f.walk_to(application, stage)
        tell_the_same(doors, str(stage))
        if stage == Stage.CHECKING:
            from cards import services

            services.stop_clock(application, StopReason.PHOTO_REJECTED, actor=f.at_office())
            tell_the_same(doors, "stopped")
            services.resume_clock(application, actor=f.at_office())


def tell_the_same(doors: Doors, where: str) -> None:
    row = Application.objects.with_papers().get(pk=doors.application.pk)
    with translation.override(doors.language):
        full = answer_application(row, full=True, now=timezone.now())
        outline = answer_application(Application.objects.get(pk=row.pk), full=False, now=timezone.now())
        title, dates = str(full.title), [date["value"] for date in full.dates]
    website, wechat, screen, telephone = doors.website(), doors.wechat(), doors.screen(), doors.telephone()
    for door, told in {"website": website, "wechat": wechat, "screen": screen}.items():
        assert squeezed(title) in squeezed(told), (where, door)
    # The estimate, or where there is none the next step, in the very words.
    ahead = full.estimate or full.next
    for door, told in {"wechat": wechat, "screen": screen}.items():
        assert squeezed(ahead) in squeezed(told), (where, door, ahead)
    assert squeezed(full.next) in squeezed(website), (where, "website")
    for date in dates:
        assert squeezed(date) in squeezed(website), (where, date)
    # The line has no eyes for a code, so it tells the outline: title and dates are the same, and it is spoken whole.
    for sentence in sentences(outline.phone):
        assert prompts.name_of(sentence) in telephone, (where, sentence)
    if outline.estimate:
        assert (outline.title, outline.estimate) == (full.title, full.estimate)
        with translation.override(doors.language):
            assert prompts.name_of(as_sentence(outline.title)) in telephone
        assert prompts.name_of(outline.estimate) in telephone
