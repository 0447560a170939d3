"""What every page knows about itself: language, display mode, address."""

from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest

HOTLINE = "12333"
LANGUAGES = ("zh-hans", "en")
MODES = ("standard", "elder")


class Page(NamedTuple):
    """The frame of a page, the same for the site, the admin and the error pages."""

    language: str
    mode: str
    path: str
    canonical: str
    demo: bool
    hotline: str = HOTLINE

    @property
    def html_language(self) -> str:
        """Return the language as the lang attribute wants it."""
        return "zh-Hans" if self.language == "zh-hans" else "en"

    @property
    def chinese(self) -> bool:
        """Say whether the page is in Chinese."""
        return self.language == "zh-hans"

    @property
    def elder(self) -> bool:
        """Say whether the page is shown in large type."""
        return self.mode == "elder"

    @classmethod
    def of(cls, request: HttpRequest) -> "Page":
        """Describe the page a request asks for."""
        mode = request.COOKIES.get("mode")
        return cls(
            language=getattr(request, "LANGUAGE_CODE", settings.DEFAULT_LANGUAGE),
            mode=mode if mode in MODES else MODES[0],
            # After a POST only the path can be asked for again.
            path=request.get_full_path() if request.method in ("GET", "HEAD") else request.path,
            canonical=settings.SITE_URL.rstrip("/") + request.path,
            demo=settings.DEMO,
        )


def page(request: HttpRequest) -> dict[str, Page]:
    """Give templates the frame of the page."""
    return {"page": Page.of(request)}
