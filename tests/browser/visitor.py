"""Somebody at a browser, and a record of what that browser asked for and complained of."""

from typing import Any, Self

from django.contrib.auth.models import Group
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect

from cards.models import Outlet, StaffProfile
from tests import factories

PASSWORD = "for-tests-only"
PATIENCE = 10_000  # milliseconds; other tests may keep both cores busy
expect.set_options(timeout=PATIENCE)


class Visitor:
    """A browser profile with one page, in the language the browser asks for."""

    def __init__(self, browser: Browser, portal: str, language: str, *, width: int = 1280, **options: Any) -> None:
        self.context = browser.new_context(
            base_url=portal,
            locale=language,
            viewport={"width": width, "height": 740},
            reduced_motion="reduce",
            **options,
        )
        self.context.set_default_timeout(PATIENCE)
        self.requests: list[Request] = []
        self.complaints: list[str] = []
        self.context.on("request", lambda request: self.requests.append(request))
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda wrong: self.complaints.append(str(wrong.error)))
        self.portal = portal
        self.page: Page = self.context.new_page()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def remember(self, **cookies: str) -> Self:
        """Carry cookies, as after an earlier visit."""
        self.context.add_cookies(
            [{"name": name, "value": value, "url": self.portal} for name, value in cookies.items()]
        )
        return self

    def ask(self, number: str, code: str = "") -> None:
        """Fill in the enquiry, whatever the language, and send it with the Enter key."""
        self.page.goto("/status/")
        self.page.locator("[name=code]").fill(code)
        self.page.locator("[name=id_number]").fill(number)
        self.send(self.page.locator("[name=id_number]"))

    def send(self, field: Locator) -> None:
        """Press the Enter key in a field, and wait for what comes."""
        with self.page.expect_navigation():
            field.press("Enter")

    def press(self, what: Locator) -> None:
        """Press a button or link, and wait for what comes."""
        with self.page.expect_navigation():
            what.click()

    def sign_in(self, user: Any) -> None:
        """Sign in at the staff's door, in English."""
        self.page.goto("/admin/")
        self.page.get_by_label("Username").fill(user.username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press(self.page.get_by_role("button", name="Log in"))
        expect(self.page.get_by_role("button", name="Find")).to_be_visible()

    def sign_in_chinese(self, user: Any) -> None:
        """Sign in at the staff's door in Chinese, by the keyboard."""
        self.page.goto("/admin/login/?next=/admin/")
        self.page.locator("[name=username]").fill(user.username)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.send(self.page.locator("[name=password]"))
        expect(self.page.get_by_role("button", name="查找")).to_be_visible()

    def ask_questions(self, **answers: str) -> None:
        """Type what a caller says by the names of the fields, and compare."""
        for name, words in answers.items():
            self.page.locator(f"[name={name}]").fill(words)
        self.press(self.page.get_by_role("button", name="Compare"))

    def find(self, number: str) -> None:
        """Find a person by a number, in English."""
        self.page.goto("/admin/")
        self.page.get_by_label("ID number, card number, or number of a receipt").fill(number)
        self.press(self.page.get_by_role("button", name="Find"))

    def do(self, action: str, fields: dict[str, str] | None = None, *, offer: str = "") -> None:
        """Choose what is offered, tick every box, fill in the fields by their labels, and press the button."""
        page = self.page
        self.press(page.get_by_role("link", name=offer or action, exact=True))
        for box in page.get_by_role("checkbox").all():
            box.check()
        for label, value in (fields or {}).items():
            field = page.get_by_label(label)
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)
        self.press(page.get_by_role("button", name=action, exact=True))
        expect(page.locator(".refusal")).to_have_count(0)

    def leave(self) -> None:
        """Close the browser profile."""
        self.context.close()


def member_of(*groups: str, outlet: Outlet | None = None) -> Any:
    """A member of staff with a password, in these groups, at an outlet."""
    user = factories.UserFactory()
    user.set_password(PASSWORD)
    user.save()
    user.groups.set(Group.objects.filter(name__in=groups))
    assert user.groups.count() == len(groups)
    if outlet is not None:
        StaffProfile.objects.create(user=user, outlet=outlet)
    return user
