"""Draws the PNG icons from static/icon.svg; run it after a change of that file: `python -m tests.harness.icons`."""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import NAMES

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
# File, size, and how much of it the drawing fills: a round mask cuts off a tenth at each side.
ICONS = (("icon-192.png", 192, 1.0), ("icon-512.png", 512, 1.0), ("icon-maskable-512.png", 512, 0.72))


def main() -> None:
    """Draw each of them."""
    drawing = (STATIC / "icon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, NAMES))), args=["--no-sandbox"]
        )
        for name, size, share in ICONS:
            page = browser.new_page(viewport={"width": size, "height": size})
            ground = "background:#0b5d5a" if share < 1 else ""
            page.set_content(
                f'<body style="margin:0;display:grid;place-items:center;height:100vh;{ground}">'
                f'<div style="width:{size * share}px;line-height:0">{drawing}</div>'
            )
            page.screenshot(path=STATIC / name, omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
