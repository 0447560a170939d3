"""Runs the rules of axe-core on the page that is open, and tells in one line each what breaks them."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# Level A and AA of every version up to 2.2, and what its makers advise beyond.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
# Off by default in axe-core, and part of 2.2 AA.
EXTRA = {"target-size": {"enabled": True}}
OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": EXTRA,
    "resultTypes": ["violations"],
    "preload": False,
}
# A colour on its way from one scheme to the other is neither.
SETTLED = "() => Promise.all(document.getAnimations().map(one => one.finished))"
RUN = "options => axe.run(document, options)"


def broken_rules(page: Page) -> list[str]:
    """The rules that the open page breaks.

    Injected from outside the page, axe runs under the strict policy as well.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    page.evaluate(SETTLED)
    result = page.evaluate(RUN, OPTIONS)
    # A run that looked at nothing would be as clean as a good page.
    assert result["passes"], f"axe found nothing to look at on {page.url}"
    return [
        f"{violation['id']}: {' '.join(node['target'])} {node['html'][:120]} ({node['failureSummary'][:200]})"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
