"""Every page for everybody: the rules of WCAG 2.2 AA, no complaint of the browser, nothing wider than a telephone."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.places import People
    from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

PHONE, DESK, NARROW = 360, 1280, 320
HEIGHT = 740
# Each public page is seen in every scheme at every width, and in both languages and sizes of type: the layout is that
# of the width, the colours are those of the scheme, and neither knows the language.
PUBLIC_LOOKS = [
    ("zh-CN", "standard", "light", PHONE),
    ("zh-CN", "elder", "dark", DESK),
    ("en", "standard", "dark", DESK),
    ("en", "elder", "light", PHONE),
]
# Names stay as they are in either language.
NAMES: tuple[str, ...] = ()
STAFF_LOOKS = [("zh-CN", "light", PHONE), ("en", "dark", DESK)]


@pytest.fixture
def people(portal: str) -> "People":
    """The people whose pages are looked at."""
    from tests.browser.places import People

    return People.made_up()


def look(visitor: "Visitor", scheme: str, width: int) -> None:
    """Look at the page in a scheme and at a width."""
    visitor.page.emulate_media(color_scheme=scheme)
    visitor.page.set_viewport_size({"width": width, "height": HEIGHT})


def faults_of(visitor: "Visitor", name: str) -> list[str]:
    """What is wrong with the open page as it is looked at, and at the width of the smallest telephone."""
    from tests.browser.axe import broken_rules

    faults = broken_rules(visitor.page)
    look(visitor, "light", NARROW)
    needed = visitor.page.evaluate("document.documentElement.scrollWidth")
    if needed > NARROW:
        faults.append(f"needs {needed} px where there are {NARROW}")
    return [f"{name}: {fault}" for fault in faults]


def complaints_of(visitor: "Visitor") -> list[str]:
    """What the browser said; it tells by itself that an address does not exist."""
    return [said for said in visitor.complaints if "/no-such-page/: Failed to load" not in said]


@pytest.mark.parametrize(("language", "mode", "scheme", "width"), PUBLIC_LOOKS)
def test_public_pages_suit_everybody(
    visitor: "Callable[..., Visitor]", people: "People", language: str, mode: str, scheme: str, width: int
) -> None:
    from tests.browser.languages import foreign_words
    from tests.browser.places import PUBLIC

    citizen = visitor(language).remember(mode=mode)
    faults: list[str] = []
    for name, go in PUBLIC.items():
        look(citizen, scheme, width)
        go(citizen, people)
        assert citizen.page.locator("html").get_attribute("data-mode") == mode
        faults += [f"{name}: in the other language: {words}" for words in foreign_words(citizen.page, NAMES)]
        faults += faults_of(citizen, name)
    faults += complaints_of(citizen)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("language", "scheme", "width"), STAFF_LOOKS)
def test_staff_pages_suit_everybody(
    visitor: "Callable[..., Visitor]", people: "People", language: str, scheme: str, width: int
) -> None:
    from tests.browser.places import STAFF

    staff = visitor(language)
    faults: list[str] = []
    for name, go in STAFF.items():
        look(staff, scheme, width)
        go(staff, people)
        faults += faults_of(staff, name)
    faults += complaints_of(staff)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("language", "scheme", "width"), STAFF_LOOKS)
def test_the_pages_of_a_call_suit_everybody(
    visitor: "Callable[..., Visitor]", people: "People", language: str, scheme: str, width: int
) -> None:
    from tests import factories
    from tests.browser.call_places import CALLS

    factories.call_back(people.stopped.holder)
    officer = visitor(language)
    faults: list[str] = []
    for name, go in CALLS.items():
        look(officer, scheme, width)
        go(officer, people)
        faults += faults_of(officer, name)
    faults += complaints_of(officer)
    assert not faults, "\n".join(faults)


def test_a_fault_would_be_found(visitor: "Callable[..., Visitor]") -> None:
    """What the tests above trust in: axe sees, the browser tells of a breach of the policy, and width is width."""
    citizen = visitor("en")
    citizen.page.goto("/privacy/")
    wide = "<p style='width: 9em'><img src='/static/icon.svg' width=999>"
    citizen.page.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", wide)
    faults = faults_of(citizen, "spoilt")
    assert [fault for fault in faults if fault.startswith("spoilt: image-alt")]
    assert [fault for fault in faults if fault.startswith("spoilt: needs ")]
    assert "Content Security Policy" in complaints_of(citizen)[0]
