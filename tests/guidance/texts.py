"""What is shipped, by name, and a way to change a copy of it."""

import re
from html import unescape
from pathlib import Path

SLUGS = (
    "lost-card",
    "stolen-card",
    "cancel-loss-report",
    "which-card-where",
    "replace-through-an-agent",
    "two-sides",
    "check-progress",
    "stopped",
    "how-long",
    "treatment-while-waiting",
    "collect-and-activate",
    "activate",
    "card-certificate",
    "first-card",
    "exchange",
    "wrong-data",
    "moved-city",
    "fees",
    "extra-help",
    "child-card",
    "fake-messages",
    "your-data",
    "legal-basis-explained",
)
PAGES = ("/guides/", "/legal-basis/", *(f"/guides/{slug}/" for slug in SLUGS))


def links_of(html: str) -> list[str]:
    """Return the addresses that a rendered page links to."""
    return [unescape(address) for address in re.findall(r'<a href="([^"]*)"', html)]


def rewrite(path: Path, old: str, new: str) -> None:
    """Replace words in a file; they must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
