"""Going back, switching the language, slips of the fingers, and no mouse: what people do with the enquiry."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests import factories

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

FOCUSED = "document.activeElement"
# Whether the element with the focus shows it, and where it stands in the window.
SHOWN = f"""() => {{
  const style = getComputedStyle({FOCUSED}), box = {FOCUSED}.getBoundingClientRect();
  return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
    && box.top >= 0 && box.bottom <= innerHeight && box.width > 0;
}}"""
FROM_MEMORY = "addEventListener('pageshow', event => { window.fromMemory = event.persisted; })"


def test_after_the_end_going_back_shows_nothing_of_the_answer(visitor: "Callable[..., Visitor]") -> None:
    person = factories.first_application().holder
    citizen = visitor("zh-CN")
    page = citizen.page
    page.add_init_script(FROM_MEMORY)
    citizen.ask(person.id_number)
    expect(page.locator("[data-application]")).to_be_visible()
    citizen.press(page.get_by_role("button", name="结束并清除"))
    expect(page.get_by_role("heading", level=1)).to_have_text("查询结果已清除")
    for _step in range(2):
        page.go_back()
        expect(page.locator("#id_id_number")).to_have_value("")
        assert page.url == f"{citizen.portal}/status/"
        assert not page.evaluate("window.fromMemory")
        assert person.id_number not in page.content()
        assert page.locator("[data-answer]").count() == 0
    page.go_forward()
    page.goto("/status/answer/")
    assert page.url == f"{citizen.portal}/status/"


def test_a_page_about_nobody_comes_back_from_the_browsers_memory(visitor: "Callable[..., Visitor]") -> None:
    """Else the test above would prove nothing about a browser that keeps pages."""
    page = visitor("en").page
    page.add_init_script(FROM_MEMORY)
    page.goto("/privacy/")
    page.goto("/accessibility/")
    page.go_back(wait_until="commit")
    assert page.url.endswith("/privacy/")
    assert page.evaluate("window.fromMemory") is True


@pytest.mark.parametrize("address", ["/", "/guides/lost-card/", "/guides/search/?q=挂失", "/admin/login/"])
def test_the_language_switch_keeps_the_page(visitor: "Callable[..., Visitor]", address: str) -> None:
    from urllib.parse import unquote

    citizen = visitor("zh-CN")
    page = citizen.page
    page.goto(address)
    for button, language in (("English", "en"), ("中文", "zh-hans")):
        citizen.press(page.get_by_role("button", name=button, exact=True))
        assert unquote(page.url).endswith(address)
        assert page.locator("html").get_attribute("lang").lower() == language
        expect(page.get_by_role("heading", level=1)).to_have_count(1)


def test_the_language_switch_keeps_the_answer(visitor: "Callable[..., Visitor]") -> None:
    application = factories.first_application()
    citizen = visitor("zh-CN")
    citizen.ask(application.holder.id_number, application.receipt.query_code)
    heading = citizen.page.get_by_role("heading", level=1)
    expect(heading).to_have_text("您的申请已受理")
    citizen.press(citizen.page.get_by_role("button", name="English"))
    expect(heading).to_have_text("Your application has been accepted")
    assert citizen.page.url == f"{citizen.portal}/status/answer/"
    expect(citizen.page.locator("[data-level=full]")).to_have_count(1)


@pytest.mark.parametrize("script", [True, False])
def test_a_wrong_check_character_is_told_and_the_number_stays(visitor: "Callable[..., Visitor]", script: bool) -> None:
    number = factories.synthetic_id_number()
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    citizen = visitor("zh-CN", width=360, java_script_enabled=script)
    page = citizen.page
    page.goto("/")
    page.get_by_label("公民身份号码").fill(wrong)
    citizen.press(page.get_by_role("button", name="查询进度"))
    field = page.get_by_label("公民身份号码")
    expect(field).to_have_value(wrong)
    expect(field).to_have_attribute("aria-invalid", "true")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link").click()
    expect(field).to_be_focused()
    field.fill(number)
    citizen.press(page.get_by_role("button", name="查询进度"))
    expect(page.locator("[data-answer=none]")).to_be_visible()
    assert [one.url for one in citizen.requests if number[:6] in one.url] == []


def test_the_keyboard_alone_asks_adds_the_code_and_ends(visitor: "Callable[..., Visitor]") -> None:
    application = factories.first_application()
    citizen = visitor("en")
    page = citizen.page
    page.goto("/status/")

    def tab_to(name: str) -> None:
        """Go on with the Tab key until something of this name has the focus; every stop on the way shows it."""
        for _stop in range(30):
            page.keyboard.press("Tab")
            assert page.evaluate(SHOWN), page.evaluate(f"{FOCUSED}.outerHTML")
            label = f"({FOCUSED}.labels?.[0] ?? {FOCUSED}).innerText"
            if page.evaluate(label).startswith(name):
                return
        raise AssertionError(f"the keyboard does not reach {name!r}")

    def press_enter() -> None:
        with page.expect_navigation():
            page.keyboard.press("Enter")

    tab_to("Skip to the content")
    page.keyboard.press("Enter")
    tab_to("Citizen identification number")
    page.keyboard.type(application.holder.id_number)
    press_enter()
    expect(page.locator("[data-level=outline]")).to_be_visible()
    tab_to("Query code")
    page.keyboard.type(application.receipt.query_code)
    tab_to("Show the details")
    press_enter()
    expect(page.locator("[data-level=full]")).to_be_visible()
    tab_to("End and forget")
    press_enter()
    expect(page.get_by_role("heading", level=1)).to_have_text("The answer is closed")
