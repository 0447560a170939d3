"""Every kind of page there is, and the way to it; and the people whose pages they are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import FilePayload

from cards import memory, services
from cards.management import shipped_rules
from cards.models import Application, Cardholder, Export, Forecast, IncidentNote, Outlet
from cards.vocabulary import ApplicationKind, IssueMethod, Stage, StopReason
from tests import factories
from tests.browser import message_places
from tests.browser.visitor import PASSWORD, Visitor, member_of
from tests.intake.files import as_csv, today
from tests.measured import measured_times

FIND = "/admin/cards/cardholder/"


@dataclass
class People:
    """One person for each kind of page."""

    stopped: Application
    replaced: Application
    newcomer: Cardholder
    collected: Application
    clerk: Any
    note: IncidentNote
    export: Export

    @classmethod
    def made_up(cls) -> "People":
        """A clock that stands, a lost card whose replacement is ready, and somebody without any case."""
        stopped = factories.walk_to(factories.first_application(), Stage.CHECKING)
        services.stop_clock(stopped, StopReason.PHOTO_REJECTED, actor=factories.at_office())
        report = factories.written_report()
        window = factories.OutletFactory()
        services.replace_card(
            report, delivery_outlet=window, actor=factories.at_counter(), evidence=factories.everything()
        )
        replaced = factories.walk_to(report.holder.applications.get(), Stage.READY)
        factories.oral_report(factories.card(of=stopped.holder))
        factories.visit(window, stopped.holder)
        clerk = member_of("clerk", "supervisor", "publisher", outlet=window)
        shipped_rules.load(shipped_rules.read(shipped_rules.PROFILES["strict"]))
        collected = factories.walk_to(factories.first_application(), Stage.COLLECTED)
        return cls(stopped, replaced, factories.holder(), collected, clerk, delay_at(window), wanted_export())


def delay_at(outlet: Outlet) -> IncidentNote:
    """A note for everybody who collects there."""
    texts = {
        "text_zh": "该网点正在搬迁，领卡要晚几天。",
        "text_en": "This outlet is moving, so cards can be collected later.",
    }
    expected = timezone.localdate() + timedelta(days=20)
    note = IncidentNote(scope="outlet", outlet=outlet, expected_on=expected, **texts)
    return services.write_incident_note(note, actor=factories.at_office())


def wanted_export() -> Export:
    """An export that somebody else asked for."""
    return services.ask_for_export(Export(content="applications", reason="催办"), actor=factories.at_office())


Way = Callable[[Visitor, People], object]


def at(address: str) -> Way:
    """A page one simply goes to."""
    return lambda visitor, _people: visitor.page.goto(address)


def asked(number: Callable[[People], str], code: Callable[[People], str] = lambda _people: "", shows: str = "") -> Way:
    """A page the enquiry leads to, known by what it holds."""

    def go(visitor: Visitor, people: People) -> None:
        visitor.ask(number(people), code(people))
        assert visitor.page.locator(shows).count(), visitor.page.locator("main").inner_text()

    return go


def ended(visitor: Visitor, people: People) -> None:
    """The page after the button that ends the answer."""
    visitor.ask(people.replaced.holder.id_number)
    visitor.press(visitor.page.locator("button:text-matches('End and forget|结束并清除')").first)
    assert visitor.page.url.endswith("/status/forgotten/")


def looks(visitor: Visitor, people: People) -> None:
    """All looks at a record, after an answer in full."""
    visitor.ask(people.replaced.holder.id_number, people.replaced.receipt.query_code)
    visitor.page.goto("/status/looks/")
    assert visitor.page.locator("table.log tr").count() > 1


def refused(visitor: Visitor, _people: People) -> None:
    """The form with its error summary: wrong number, wrong code."""
    visitor.ask("119999199003070019", "ABC")


def loss_report(visitor: Visitor, people: People) -> None:
    """The form of the holder's own loss report."""
    visitor.ask(people.collected.holder.id_number, people.collected.receipt.query_code)
    visitor.press(visitor.page.locator("a[href='/lost-card/report/']").first)
    assert visitor.page.locator("fieldset.choices").count()


def loss_reported(visitor: Visitor, people: People) -> None:
    """The report that was made, with its number and code."""
    loss_report(visitor, people)
    visitor.press(visitor.page.locator("main form button").first)
    assert visitor.page.locator("[data-report=standing] .code").count() == 2


def times(visitor: Visitor, _people: People) -> None:
    """How long cards take, with measured steps and a year."""
    measured_times()
    # A second kind: what looks the same in both must be told apart.
    other = {"kind": ApplicationKind.REPLACEMENT, "method": IssueMethod.FACTORY, "stage": Stage.ACCEPTED}
    Forecast.objects.create(half_days=9, most_days=14, cases=40, computed_at=timezone.now(), **other)
    memory.forget_all()
    visitor.page.goto("/processing-times/")
    visitor.page.locator("main details").first.evaluate("one => one.open = true")
    assert visitor.page.locator("table.times").count() == 3


def design(visitor: Visitor, _people: People) -> None:
    """The design system, which only a demonstration shows."""
    with override_settings(DEMO=True):
        visitor.page.goto("/design/")
    assert visitor.page.locator("#contrast").count()


PUBLIC: dict[str, Way] = {
    "home": at("/"),
    "enquiry": at("/status/"),
    "enquiry refused": refused,
    "outline": asked(lambda people: people.stopped.holder.id_number, shows="[data-level=outline]"),
    "details, stopped": asked(
        lambda people: people.stopped.holder.id_number,
        lambda people: people.stopped.receipt.query_code,
        "[data-level=full][data-stopped=photo_rejected]",
    ),
    "details, ready": asked(
        lambda people: people.replaced.holder.id_number,
        lambda people: people.replaced.certificate.paper.query_code,
        "[data-level=full][data-stage=ready]",
    ),
    "situation guide": at("/lost-card/"),
    "situation, which card": at("/lost-card/?what=lost"),
    "situation, misread": at("/lost-card/?what=lost&card=pink&who=agent"),
    "situation, replace": at(
        "/lost-card/?what=lost&card=financial_blue&reported=no&who=agent&where=agency&day=2026-11-20"
    ),
    "situation, cancel": at("/lost-card/?what=found&card=financial_blue&reported=oral&who=agent"),
    "loss report, other ways": at("/lost-card/report/"),
    "loss report": loss_report,
    "loss reported": loss_reported,
    "nothing found": asked(lambda _people: factories.synthetic_id_number(), shows="[data-answer=none]"),
    "ended": ended,
    "looks": looks,
    "guides": at("/guides/"),
    "guide": at("/guides/lost-card/"),
    "guide with a table": at("/guides/fees/"),
    "useful?": at("/guides/lost-card/useful/"),
    "useful, thanks": at("/guides/lost-card/useful/thanks/"),
    "search with a slip": at("/guides/search/?q=挂矢"),
    "search": at("/guides/search/?q=挂失"),
    "search without result": at("/guides/search/?q=火星"),
    "legal basis": at("/legal-basis/"),
    "contact": at("/contact/"),
    "outlets": at("/outlets/"),
    "outlets on a Saturday": at("/outlets/?open=6&does=replaces"),
    "no such outlet": at("/outlets/?open=7&kind=agency"),
    "processing times": times,
    "check a paper": at("/verify/"),
    **message_places.PUBLIC,
    "privacy": at("/privacy/"),
    "accessibility": at("/accessibility/"),
    "design": design,
    "no such page": at("/no-such-page/"),
}


# --- the staff's side; by names of fields and addresses, because it is seen in both languages ------------------------


def signed_in(visitor: Visitor, people: People) -> None:
    """The first page of staff."""
    visitor.page.goto("/admin/login/")
    visitor.page.locator("[name=username]").fill(people.clerk.username)
    visitor.page.locator("[name=password]").fill(PASSWORD)
    visitor.send(visitor.page.locator("[name=password]"))
    assert visitor.page.url.endswith("/admin/")


def found(number: Callable[[People], str]) -> Way:
    """Where the search leads to."""

    def go(visitor: Visitor, people: People) -> None:
        visitor.page.goto(FIND)
        visitor.page.locator("[name=number]").fill(number(people))
        visitor.send(visitor.page.locator("[name=number]"))

    return go


def form(action: str, number: Callable[[People], str], query: str = "", *, send: bool = False) -> Way:
    """The form of an action, opened from the person's screen; sent with nothing filled in, it says what is missing."""

    def go(visitor: Visitor, people: People) -> None:
        found(number)(visitor, people)
        visitor.press(visitor.page.locator(f"a.action[href*='/do/{action}/']").first)
        if query:
            visitor.page.goto(visitor.page.url + query)
        if send:
            visitor.press(visitor.page.locator("form.panel button.action").first)
            assert visitor.page.locator(".refusal").count()

    return go


def note_refused(visitor: Visitor, _people: People) -> None:
    """The form of an incident note, sent with nothing filled in."""
    visitor.page.goto("/admin/cards/incidentnote/add/")
    visitor.page.evaluate("document.querySelector('form.panel').noValidate = true")
    visitor.press(visitor.page.locator("form.panel button.action").first)
    assert visitor.page.locator(".refusal").count()


def paper(visitor: Visitor, people: People) -> None:
    """A paper on the screen, before it is printed."""
    found(lambda people: people.replaced.holder.id_number)(visitor, people)
    visitor.press(visitor.page.locator(".panel > .halves .paper-line button").first)
    assert visitor.page.locator("article.paper").count()


def large_paper(visitor: Visitor, people: People) -> None:
    """The same paper in large type."""
    paper(visitor, people)
    visitor.press(visitor.page.locator("nav.row a[href*='type=large']").first)
    assert visitor.page.locator("article.paper.large").count()


def answered(visitor: Visitor, people: People) -> None:
    """The slip that follows an answer with a number."""
    found(_of_stopped)(visitor, people)
    visitor.press(visitor.page.locator("#told form .action").first)
    assert visitor.page.locator("article.paper .paper-matter").count()


def result_file(visitor: Visitor, people: People) -> None:
    """What was found in a result file, both of whose lines are refused."""
    case = people.stopped
    lines = [[case.receipt_id, case.holder.id_number[-4:], "sent", today(), ""], ["1", "", "", "", ""]]
    visitor.page.goto("/admin/cards/intakefile/add/")
    upload = FilePayload(name="回盘.csv", mimeType="text/csv", buffer=as_csv(*lines).getvalue())
    visitor.page.locator("[type=file]").set_input_files(upload)
    visitor.press(visitor.page.locator("form.panel button.action").first)
    assert visitor.page.locator("table.words").count()


def guide(visitor: Visitor, _people: People) -> None:
    """A guide as the public reads it, with what can be done with it."""
    visitor.page.goto("/admin/guidance/article/")
    visitor.press(visitor.page.locator("#result_list tbody th a").first)


def guide_draft(visitor: Visitor, people: People) -> None:
    """The draft of its next text, with its preview where scripts run."""
    guide(visitor, people)
    visitor.press(visitor.page.locator(".draft-state .action").first)
    assert visitor.page.locator("#id_body_zh").count()
    if visitor.page.locator("[data-live]:not([hidden])").count():
        visitor.page.frame_locator("[data-live] iframe >> nth=1").locator("h1").wait_for()


def changed_draft(visitor: Visitor, people: People) -> None:
    """What a draft changes, with a long sentence to see to."""
    guide_draft(visitor, people)
    visitor.page.locator("#id_summary_en").fill("one long sentence " * 10)
    visitor.press(visitor.page.locator("[name=_save]"))
    visitor.press(visitor.page.locator(".draft-state a[href$='/changes/']"))
    assert visitor.page.locator("ins").count()
    assert visitor.page.locator(".see-to li").count()


def rule_draft(visitor: Visitor, _people: People) -> None:
    """A draft with its differences, every case it would have changed, its form and its buttons."""
    visitor.page.goto("/admin/cards/ruleset/")
    visitor.press(visitor.page.locator(".set.warn a").first)
    visitor.page.locator("details.changed").first.evaluate("all => all.open = true")
    assert visitor.page.locator(".differences ins").count() == 4
    assert visitor.page.locator(".outcomes tbody tr").count()


def after_a_step(visitor: Visitor, people: People) -> None:
    """What is said after an action without a paper, and the next step."""
    form("resume", _of_stopped)(visitor, people)
    visitor.press(visitor.page.locator("form.panel button.action").first)
    assert visitor.page.locator(".next-move").count()
    services.stop_clock(
        Application.objects.get(pk=people.stopped.pk), StopReason.PHOTO_REJECTED, actor=factories.at_office()
    )


def _of_stopped(people: People) -> str:
    return people.stopped.holder.id_number


def _of_replaced(people: People) -> str:
    return people.replaced.holder.id_number


# Signing in comes first: the others need it.
STAFF: dict[str, Way] = {
    "sign-in": at("/admin/login/"),
    "first page": signed_in,
    "find": at(FIND),
    "nobody found": found(lambda _people: factories.synthetic_id_number()),
    "slip": found(lambda _people: "119999199003070019"),
    "person, stopped": found(_of_stopped),
    "person, ready": found(_of_replaced),
    "after a step": after_a_step,
    "accept": form("accept", lambda people: people.newcomer.id_number),
    "hand over to an agent": form("hand_over", _of_replaced, "?party=agent"),
    "hand over, refused": form("hand_over", _of_replaced, send=True),
    "paper": paper,
    "paper in large type": large_paper,
    "answer with a number": answered,
    "applications": at("/admin/cards/application/"),
    "loss reports": at("/admin/cards/lossreport/"),
    "hand in a result file": at("/admin/cards/intakefile/add/"),
    "result file": result_file,
    "result files": at("/admin/cards/intakefile/"),
    "overview": at("/admin/cards/incidentnote/overview/"),
    "incident notes": at("/admin/cards/incidentnote/"),
    "incident note": lambda visitor, people: visitor.page.goto(f"/admin/cards/incidentnote/{people.note.pk}/change/"),
    "incident note, refused": note_refused,
    "export wanted": at("/admin/cards/export/add/"),
    "export to decide on": lambda visitor, people: visitor.page.goto(
        f"/admin/cards/export/{people.export.pk}/change/"
    ),
    "guides": at("/admin/guidance/article/"),
    "guide": guide,
    "draft of a guide": guide_draft,
    "what a draft changes": changed_draft,
    "drafts": at("/admin/guidance/draft/?state=writing"),
    "new picture": at("/admin/guidance/picture/add/"),
    "rules": at("/admin/cards/ruleset/"),
    "tables of situations": at("/admin/cards/situationtable/"),
    "new table of situations": at("/admin/cards/situationtable/add/"),
    "new rules": at("/admin/cards/ruleset/add/"),
    "rule draft": rule_draft,
}
