"""What is shipped, by name, and a way to change a copy of it."""

from pathlib import Path

SLUGS = (
    "check-progress",
    "lost-card",
    "cancel-loss-report",
    "replace-through-an-agent",
    "which-card-where",
    "collect-and-activate",
    "treatment-while-waiting",
    "legal-basis-explained",
    "your-data",
)
PAGES = ("/guides/", "/legal-basis/", *(f"/guides/{slug}/" for slug in SLUGS))


def rewrite(path: Path, old: str, new: str) -> None:
    """Replace words in a file; they must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
