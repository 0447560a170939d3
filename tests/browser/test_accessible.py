"""Every page for everybody: the rules of WCAG 2.2 AA, no complaint of the browser, nothing wider than a telephone."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.places import People, Way
    from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LANGUAGES = ["zh-CN", "en"]
PHONE, DESK, NARROW = 360, 1280, 320
HEIGHT = 740
# How a page is looked at: by all rules, then by those that colours and width can change. The two languages have the
# same colours and the same layout, so that together they see every scheme at every width.
LOOKS = {"zh-CN": [("light", PHONE), ("dark", DESK)], "en": [("dark", PHONE), ("light", DESK)]}


@pytest.fixture
def people(portal: str) -> "People":
    """The people whose pages are looked at."""
    from tests.browser.places import People

    return People.made_up()


def broken_on(ways: "dict[str, Way]", visitor: "Visitor", people: "People", looks: list[tuple[str, int]]) -> list[str]:
    """The rules that are broken, with page and look."""
    from tests.browser.axe import APPEARANCE, broken_rules

    broken = []
    for name, go in ways.items():
        for look in looks:
            scheme, width = look
            visitor.page.emulate_media(color_scheme=scheme)
            visitor.page.set_viewport_size({"width": width, "height": HEIGHT})
            if look == looks[0]:
                go(visitor, people)
            rules = broken_rules(visitor.page, None if look == looks[0] else APPEARANCE)
            broken += [f"{name}, {scheme}, {width}: {rule}" for rule in rules]
    return broken


# The strict policy of our pages would keep axe out as well, so it is left aside where axe runs.


@pytest.mark.parametrize("language", LANGUAGES)
def test_public_pages_break_no_rule_of_accessibility(
    visitor: "Callable[..., Visitor]", people: "People", language: str
) -> None:
    from tests.browser.places import PUBLIC

    citizen = visitor(language, bypass_csp=True)
    assert not (broken := broken_on(PUBLIC, citizen, people, LOOKS[language])), "\n".join(broken)
    citizen.remember(mode="elder")
    # In large type nothing but the size is another, and the telephone is where it gets narrow.
    assert not (broken := broken_on(PUBLIC, citizen, people, LOOKS[language][:1])), "\n".join(broken)


@pytest.mark.parametrize("language", LANGUAGES)
def test_staff_pages_break_no_rule_of_accessibility(
    visitor: "Callable[..., Visitor]", people: "People", language: str
) -> None:
    from tests.browser.places import STAFF

    assert not (broken := broken_on(STAFF, visitor(language, bypass_csp=True), people, LOOKS[language])), "\n".join(
        broken
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_makes_the_browser_complain_or_scrolls_sideways(
    visitor: "Callable[..., Visitor]", people: "People", language: str
) -> None:
    """Under the strict policy, at the width of the smallest telephone; the largest type is the widest."""
    from tests.browser.places import PUBLIC, STAFF

    wide = {}
    citizen, staff = visitor(language, width=NARROW).remember(mode="elder"), visitor(language, width=NARROW)
    for one, ways in ((citizen, PUBLIC), (staff, STAFF)):
        for name, go in ways.items():
            go(one, people)
            width = one.page.evaluate("document.documentElement.scrollWidth")
            if width > NARROW:
                wide[name] = width
    # The browser tells by itself that an address does not exist.
    complaints = [said for said in citizen.complaints + staff.complaints if "/no-such-page/" not in said]
    assert (wide, complaints) == ({}, [])


def test_the_browser_would_tell_of_a_breach_of_the_policy(visitor: "Callable[..., Visitor]") -> None:
    """What the test above trusts in."""
    citizen = visitor("en")
    citizen.page.goto("/privacy/")
    citizen.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"width: 999px\">')")
    citizen.page.evaluate("console.error('heard')")
    assert "Content Security Policy" in citizen.complaints[0]
    assert citizen.complaints[-1].endswith("heard")
