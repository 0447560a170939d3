"""Large type: 24 px, targets of 60 px, the call always at hand, and nothing lost; in standard type 44 px."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from cards import memory
from tests import factories

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

# Targets that are too small; a link within a sentence is as high as its line (WCAG 2.5.8).
SMALL_TARGETS = """(least) => {
  const inSentence = (one) => {
    if (one.tagName !== "A" || getComputedStyle(one).display !== "inline") return false;
    const block = one.closest("p, li, dd, td, th, h1, h2, h3, small, summary, label, div");
    return block.textContent.trim().length > one.textContent.trim().length;
  };
  return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")]
    .filter((one) => one.checkVisibility() && !one.matches(".skip, fieldset.choices input, .choices input"))
    .filter((one) => !inSentence(one))
    .map((one) => [one.outerHTML.slice(0, 90), Math.round(one.getBoundingClientRect().height * 10) / 10])
    .filter(([, height]) => height < least);
}"""
SMALL_TEXT = """() => {
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !one.checkVisibility() || one.closest("svg, script, .vh")) continue;
    const size = parseFloat(getComputedStyle(one).fontSize);
    if (size < 23.9) found.add(`${size} ${one.tagName} ${walker.currentNode.textContent.trim().slice(0, 30)}`);
  }
  return [...found];
}"""
# Where every link and form of a page leads to, also those that are folded.
WAYS = """() => [...new Set([...document.querySelectorAll("a[href], form, button[formaction]")].map((one) =>
  one.getAttribute("href") ?? one.getAttribute("formaction") ?? `${one.method} ${one.getAttribute("action")}`))]"""
COVERED = """() => {
  const call = document.querySelector(".foot .call").getBoundingClientRect();
  const field = document.activeElement.getBoundingClientRect();
  return field.bottom > call.top && field.top < call.bottom;
}"""


def walk(visitor: "Visitor", look: Callable[[Any], Any]) -> dict[str, Any]:
    """What was found on each public page, where anything was."""
    from tests.browser.places import PUBLIC, People

    people = People.made_up()
    found = {}
    for name, go in PUBLIC.items():
        go(visitor, people)
        if wrong := look(visitor.page):
            found[name] = wrong
    return found


def large(visitor: "Callable[..., Visitor]", language: str, **options: Any) -> "Visitor":
    """A person who chose large type."""
    person = visitor(language, **options)
    person.remember(mode="elder")
    return person


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_in_standard_type_every_target_has_44_pixels(visitor: "Callable[..., Visitor]", language: str) -> None:
    assert walk(visitor(language), lambda page: page.evaluate(SMALL_TARGETS, 43.9)) == {}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_in_large_type_every_target_has_60_pixels_and_every_word_24(
    visitor: "Callable[..., Visitor]", language: str
) -> None:
    person = large(visitor, language)
    assert walk(person, lambda page: page.evaluate(SMALL_TARGETS, 59.9) + page.evaluate(SMALL_TEXT)) == {}


def test_large_type_has_every_way_that_standard_type_has(visitor: "Callable[..., Visitor]") -> None:
    standard: dict[str, list[str]] = {}
    person = visitor("zh-CN")

    def keep(page: Any) -> list[str]:
        return page.evaluate(WAYS)

    standard = walk(person, keep)
    person.remember(mode="elder")
    from tests.browser.places import PUBLIC

    # The same page again, now in large type; what belongs to one person alone is not reached twice.
    lost = {}
    for name in ("home", "situation guide", "situation, replace", "guides", "guide", "contact", "outlets", "privacy"):
        PUBLIC[name](person, None)  # type: ignore[arg-type]
        if missing := set(standard[name]) - set(person.page.evaluate(WAYS)):
            lost[name] = missing
    assert lost == {}


def test_the_call_stays_at_hand_and_covers_no_field(visitor: "Callable[..., Visitor]") -> None:
    person = large(visitor, "zh-CN", width=360)
    person.page.goto("/")
    call = person.page.locator(".foot .call")
    box = call.bounding_box()
    assert box is not None
    assert round(box["y"] + box["height"]) == person.page.viewport_size["height"]
    assert box["height"] >= 60
    assert call.get_attribute("href") == "tel:12333"
    for _stop in range(25):
        person.page.keyboard.press("Tab")
        assert person.page.evaluate("document.activeElement.matches('body, .call')") or not person.page.evaluate(
            COVERED
        ), person.page.evaluate("document.activeElement.outerHTML.slice(0, 100)")


@pytest.mark.parametrize(
    "address",
    [
        "/guides/lost-card/",
        "/lost-card/?what=lost&card=financial_blue&reported=no&who=agent&where=unknown",
        "/contact/",
    ],
)
def test_it_reads_all_aloud_and_only_with_a_voice_of_the_device(
    visitor: "Callable[..., Visitor]", address: str
) -> None:
    person = large(visitor, "zh-CN")
    person.page.add_init_script(
        """window.told = [];
        const voices = [];
        Object.defineProperty(window, "speechSynthesis", { value: Object.assign(new EventTarget(), {
          speaking: false, getVoices: () => voices,
          cancel: () => told.push("cancel"), speak: (one) => told.push(one.text),
        }) });
        window.SpeechSynthesisUtterance = function (text) { this.text = text; this.addEventListener = () => {}; };
        window.addVoice = (localService) => {
          voices.push({ lang: "zh-CN", localService });
          speechSynthesis.dispatchEvent(new Event("voiceschanged"));
        };"""
    )
    bank = factories.OutletFactory(of_bank=True).bank
    memory.forget_all()
    person.page.goto(address)
    button = person.page.locator("[data-read]")
    assert button.is_hidden()
    person.page.evaluate("addVoice(false)")
    assert button.is_hidden()
    person.page.evaluate("addVoice(true)")
    assert button.inner_text() == "朗读"
    button.click()
    assert button.inner_text() == "停止朗读"
    told = person.page.evaluate("told")
    assert person.page.locator("h1").inner_text() in told
    # Every word that can be seen is read, once and in its order: links, numbers and what stands in bold too.
    seen = person.page.evaluate("document.querySelector('main').innerText")
    assert "".join("".join(told).split()) == "".join(seen.split())
    assert ("lost-card/?" not in address) or (bank.hotline in "".join(told))
    button.click()
    assert person.page.evaluate("told").count("cancel") == 1
    assert button.inner_text() == "朗读"
