"""The oral report by keyboard alone, in Chinese: how many fields and buttons it takes, and how long."""

import re
import time
from collections.abc import Callable
from itertools import groupby
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from cards.vocabulary import CardType
from tests import factories

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

FOCUSED = "document.activeElement"
SECONDS, AT_MOST = 60, 6


class Keyboard:
    """An officer who never touches the mouse, and a count of the fields and buttons used beside the questions."""

    def __init__(self, officer: "Visitor") -> None:
        self.page = officer.page
        self.used: list[str] = []

    def at(self) -> str:
        """What has the focus: the words of its label, or its own."""
        return self.page.evaluate(f"(({FOCUSED}.labels?.[0] ?? {FOCUSED}).innerText || {FOCUSED}.tagName).trim()")

    def go_to(self, name: str) -> None:
        """Press Tab until something of this name has the focus."""
        for _stop in range(20):
            if self.at().startswith(name):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{name!r} is not within reach; the focus is at {self.at()!r}")

    def answer(self, question: str, words: str) -> None:
        """Type what the caller answers to an identity question."""
        self.go_to(question)
        self.page.keyboard.type(words)

    def type(self, text: str) -> None:
        """Type into the field that has the focus already."""
        self.used.append(self.at())
        self.page.keyboard.type(text)

    def choose(self, name: str) -> None:
        """Choose one of the round buttons on which the focus begins: by the space bar, or the arrows."""
        self.page.keyboard.press("Space")
        for _stop in range(5):
            if self.at().startswith(name):
                self.used.append(name)
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{name!r} cannot be chosen; the focus is at {self.at()!r}")

    def enter(self, button: str = "") -> None:
        """Press Enter: on a button, or in the field that has the focus."""
        if button:
            self.go_to(button)
        self.used.append(self.at())
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


def test_an_oral_report_takes_a_minute_and_six_fields_or_buttons_by_keyboard_alone(
    visitor: "Callable[..., Visitor]", clock: Callable[[str], object]
) -> None:
    from tests.browser.visitor import member_of

    person = factories.holder(name="阿依古丽·买买提", phone="13711112222")
    lost, other = factories.card(person), factories.card(person, CardType.FINANCIAL_PREFERENTIAL_BLUE)
    officer = visitor("zh-CN")
    officer.sign_in_chinese(member_of("hotline"))
    keys = Keyboard(officer)
    began = time.monotonic()
    # A wedge scanner and an input method type full-width digits; both end with Enter.
    keys.type(person.id_number.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")))
    keys.enter()
    expect(officer.page.get_by_role("heading", level=1)).to_have_text("来电人是谁？")
    keys.answer("姓名", "阿依古丽・买买提")
    keys.answer("社会保障卡卡号", lost.last_four)
    keys.answer("登记的联系电话", "137 1111 2222")
    keys.enter("比对")
    expect(officer.page.get_by_text("来电人身份已核验。")).to_be_visible()
    report = officer.page.get_by_role("link", name=re.compile(f"登记口头挂失.*{lost.last_four}"))
    while not report.evaluate(f"link => link === {FOCUSED}"):
        officer.page.keyboard.press("Tab")
    keys.enter()
    keys.choose(f"金融蓝卡 …{lost.last_four}")
    keys.enter("登记口头挂失")
    expect(officer.page.get_by_role("heading", name="请这样说")).to_be_visible()
    took = time.monotonic() - began

    # A field that was typed into and sent by Enter is one; the button of the questions belongs to them.
    used = [name for name, _again in groupby(keys.used) if name != "比对"]
    assert 4 <= len(used) <= AT_MOST, used
    assert took < SECONDS
    assert lost.loss_reports.get().lapses_at
    assert not other.loss_reports.exists()
    told = officer.page.locator(".say")
    expect(told.first).to_contain_text("24:00自动解挂")
    expect(told.nth(1)).to_contain_text(lost.bank.hotline)
    expect(officer.page.locator(".aloud .code")).to_have_count(2)
    assert officer.page.evaluate(f"{FOCUSED}.innerText") == "结束通话"
    keys.enter()
    expect(officer.page.get_by_role("heading", name="待回电")).to_be_visible()
    officer.page.go_back()
    officer.page.reload()
    expect(officer.page.locator(".aloud")).to_have_count(0)
    assert officer.complaints == []
