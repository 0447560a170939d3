"""What comes out of the printer, and what a page offers where no script runs."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from cards import memory
from cards.models.situations import shipped_table
from cards.situations import Name
from cards.vocabulary import Stage
from tests import factories
from tests.browser.test_large_type import large

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_report_of_a_loss_fills_one_sheet_of_paper(visitor: "Callable[..., Visitor]", language: str) -> None:
    application = factories.walk_to(factories.first_application(), Stage.COLLECTED)
    citizen = visitor(language)
    citizen.ask(application.holder.id_number, application.receipt.query_code)
    citizen.page.goto("/lost-card/report/")
    citizen.press(citizen.page.locator("main button.button"))
    expect(citizen.page.locator("[data-report]")).to_be_visible()
    expect(citizen.page.locator("main .printonly")).to_be_hidden()
    pages = PdfReader(io.BytesIO(citizen.page.pdf(format="A4", prefer_css_page_size=True))).pages
    assert len(pages) == 1
    assert citizen.portal in pages[0].extract_text()


def test_without_script_no_button_offers_to_print(visitor: "Callable[..., Visitor]") -> None:
    application = factories.first_application()
    for script in (True, False):
        citizen = visitor("en", java_script_enabled=script)
        citizen.ask(application.holder.id_number)
        button = citizen.page.locator("[data-print]")
        assert button.is_visible() == script


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_what_to_do_about_a_card_fills_one_sheet_of_paper(visitor: "Callable[..., Visitor]", language: str) -> None:
    """The longest page of each outcome; how long a page is, its own words say."""
    for _place in range(3):
        factories.OutletFactory()
        factories.OutletFactory(of_bank=True)
    memory.forget_all()
    citizen = visitor(language)
    longest: dict[str, tuple[int, str]] = {}
    for answers in shipped_table().walk():
        address = f"/lost-card/?{urlencode(answers)}"
        citizen.page.goto(address, wait_until="domcontentloaded")
        name, length = citizen.page.evaluate(
            "() => [document.querySelector('[data-situation]').dataset.situation,"
            " document.querySelector('main').innerText.length]"
        )
        longest[name] = max(longest.get(name, (0, "")), (length, address))
    assert len(longest) == len(Name)
    for person in (citizen, large(visitor, language)):
        for length, address in longest.values():
            person.page.goto(address)
            pages = PdfReader(io.BytesIO(person.page.pdf(format="A4", prefer_css_page_size=True))).pages
            assert len(pages) == 1, (length, address)
