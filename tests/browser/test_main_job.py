"""The main job: a card from the counter into the hand, lost, reported by telephone, found again."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests import factories

if TYPE_CHECKING:
    from cards.models import Cardholder
    from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

CARD_NUMBER = "621700001234"
STEPS = [
    ("Start checking the data", "checking", "正在校验您的数据"),
    ("Send to the bank to open the account", "bank_account", "正在为您开立银行账户"),
    ("Send to the card maker", "producing", "您的卡正在制作"),
    ("Record that the card is on its way", "sending", "您的卡正在寄往网点"),
    ("Sign for the card at the outlet", "ready", "您的卡可以领取了"),
]


def test_a_card_is_made_handed_over_lost_and_found(
    visitor: "Callable[..., Visitor]", clock: Callable[[str], datetime]
) -> None:
    from tests.browser.visitor import member_of

    clock("2026-03-02 09:30")
    person = factories.holder()
    bank_outlet = factories.OutletFactory(of_bank=True)
    clerk, citizen = visitor("en"), visitor("zh-CN", width=360, java_script_enabled=False)
    clerk.sign_in(member_of("clerk", outlet=bank_outlet))

    receipt_code = accept(clerk, person.id_number)
    look_up(citizen, person.id_number)
    expect_stage(citizen, "accepted", "您的申请已受理")
    clerk.press(clerk.page.get_by_role("link", name="Back to the person"))
    for action, stage, told in STEPS:
        clerk.do(action)
        citizen.page.reload()
        expect_stage(citizen, stage, told)
    clerk.do("Hand over the card", {"Card number, read from the card's face": CARD_NUMBER})
    expect(clerk.page.get_by_text("The card is handed over")).to_be_visible()
    citizen.page.reload()
    expect_stage(citizen, "collected", "您的卡已领取")

    hotline = visitor("en")
    hotline.sign_in(member_of("hotline"))
    loss_code = record_loss(hotline, person)
    lapses = expect_the_lapse_in_words(citizen, person.id_number, loss_code)
    cancel(clerk, person.id_number)
    citizen.page.reload()
    expect(citizen.page.get_by_text("挂失已解除")).to_be_visible()
    expect(citizen.page.get_by_text(lapses)).to_have_count(0)
    expect(citizen.page.get_by_text(re.compile("社会保障功能.*正常"))).to_be_visible()

    secrets = {person.id_number, CARD_NUMBER, receipt_code, loss_code, person.name, person.phone}
    for one in (clerk, citizen, hotline):
        no_secret_travels_in_an_address(one, secrets)
        assert one.complaints == []


def accept(clerk: "Visitor", number: str) -> str:
    """Accept a first application at the window; the code as the paper shows it."""
    clerk.find(number)
    clerk.do("Accept an application", {"Card type": "Financial blue card"}, offer="Accept a first application")
    expect(clerk.page.get_by_role("heading", level=1)).to_contain_text("Acceptance receipt")
    return code_on_paper(clerk)


def code_on_paper(staff: "Visitor") -> str:
    """Read the query code from a paper; papers are in Chinese first."""
    printed = staff.page.locator("dt", has_text="查询码").locator("+ dd").inner_text()
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5} [0-9A-HJKMNP-TV-Z]{5}", printed)
    return printed.replace(" ", "")


def look_up(citizen: "Visitor", number: str, code: str = "") -> None:
    """Ask by number on a telephone, by what the page calls its fields and its button."""
    citizen.page.goto("/status/")
    citizen.page.get_by_label("公民身份号码").fill(number)
    citizen.page.get_by_label("查询码").fill(code)
    citizen.press(citizen.page.get_by_role("button", name="查询进度"))
    expect(citizen.page).to_have_url(f"{citizen.portal}/status/answer/")
    assert citizen.page.locator("html").get_attribute("lang") == "zh-Hans"


def expect_stage(citizen: "Visitor", stage: str, told: str) -> None:
    """The page tells this stage, in words and to scripts."""
    expect(citizen.page.get_by_role("heading", level=1)).to_have_text(told)
    expect(citizen.page.locator("[data-application]")).to_have_attribute("data-stage", stage)


def record_loss(hotline: "Visitor", person: "Cardholder") -> str:
    """Verify a caller, record what is said, and return the code the officer reads out."""
    hotline.find(person.id_number)
    hotline.ask_questions(name=person.name, phone=person.phone or "", card=CARD_NUMBER[-4:])
    # The link is named by its card as well: the right one of several is chosen by type and last characters.
    hotline.press(hotline.page.get_by_role("link", name=re.compile(f"Record an oral loss report.*{CARD_NUMBER[-4:]}")))
    hotline.press(hotline.page.get_by_role("button", name="Record an oral loss report", exact=True))
    expect(hotline.page.get_by_role("heading", name="Say this")).to_be_visible()
    code = hotline.page.locator(".aloud .code").first.inner_text()
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5} [0-9A-HJKMNP-TV-Z]{5}", code)
    return code.replace(" ", "")


def expect_the_lapse_in_words(citizen: "Visitor", number: str, code: str) -> str:
    """With the code the page says until when the report protects the card: seven days, and to the end of the last."""
    look_up(citizen, number)
    expect(citizen.page.get_by_text("自动解挂")).to_have_count(0)
    look_up(citizen, number, code)
    lapses = "2026年3月9日 24:00"
    expect(citizen.page.get_by_text("已口头挂失")).to_be_visible()
    expect(citizen.page.get_by_text(re.compile(f"将于{lapses}自动解挂"))).to_be_visible()
    return lapses


def cancel(clerk: "Visitor", number: str) -> None:
    """Cancel the report with ID document and the very card."""
    clerk.find(number)
    clerk.do("Cancel the loss report", {"Card number, read from the card shown": CARD_NUMBER})
    expect(clerk.page.get_by_role("heading", level=1)).to_contain_text("Cancellation receipt")
    clerk.press(clerk.page.get_by_role("link", name="Back to the person"))
    expect(clerk.page.get_by_role("heading", name="What happened")).to_be_visible()


def no_secret_travels_in_an_address(one: "Visitor", secrets: set[str]) -> None:
    """Neither addresses nor Referer headers name a person, a card or a code, and nothing left the portal."""
    from urllib.parse import unquote

    told = [unquote(request.url) for request in one.requests]
    assert len(told) > 10
    assert [address for address in told if not address.startswith(f"{one.portal}/")] == []
    told += [unquote(request.all_headers().get("referer", "")) for request in one.requests]
    assert any(told[len(one.requests) :]), "no Referer was seen"
    assert [address for address in told if any(secret in address for secret in secrets)] == []
