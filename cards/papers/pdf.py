"""A paper as PDF, tagged for screen readers, where WeasyPrint (the extra `pdf`) is installed."""

import importlib.util
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.template.loader import render_to_string

from cards.papers.sheet import Sheet

_SCHEME = "static"
VARIANT = "pdf/ua-1"


class NotOurs(ValueError):
    """A paper asked for something that is not one of our own static files."""


@cache
def available() -> bool:
    """Whether papers can be had as PDF here."""
    return importlib.util.find_spec("weasyprint") is not None


def pdf_of(sheet: Sheet) -> bytes:
    """Draw a paper as a tagged PDF (PDF/UA-1) with its fonts; nothing is fetched but our own style sheet."""
    import weasyprint

    html = render_to_string("papers/pdf.html", {"sheet": sheet, "base": f"{_SCHEME}:"})
    document = weasyprint.HTML(string=html, base_url=f"{_SCHEME}:/", url_fetcher=_fetcher())
    data: bytes = document.write_pdf(pdf_variant=VARIANT)
    return data


@cache
def _fetcher() -> Any:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OurFilesOnly(URLFetcher):
        """Serves our static files and refuses every other address, so that no paper reaches the network."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            try:
                path = static_file(url)
            except NotOurs as wrong:
                raise FatalURLFetchingError(str(wrong)) from wrong
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "text/css"})

    return OurFilesOnly()


def static_file(url: str) -> Path:
    """The static file behind an address of a paper; everything else is refused."""
    parts = urlsplit(url)
    found = None
    if parts.scheme == _SCHEME and not parts.netloc:
        with suppress(SuspiciousFileOperation):
            found = finders.find(unquote(parts.path).lstrip("/"))
    if not isinstance(found, str):
        raise NotOurs(f"A paper may use our own static files only, not {parts.scheme}:…")
    return Path(found)
