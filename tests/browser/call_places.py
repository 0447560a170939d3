"""Every page of a call, and the way to it; by names of fields and addresses, because it is seen in both languages."""

from django.contrib.auth.models import Group

from cards import services
from cards.vocabulary import CallState
from tests import factories
from tests.browser.places import FIND, People, Way, at
from tests.browser.visitor import PASSWORD, Visitor, member_of

FOLLOW_UPS = "/admin/cards/followup/"


def signed_in(visitor: Visitor, people: People) -> None:
    """The first page of an officer, with a call-back due."""
    visitor.page.goto("/admin/login/?next=/admin/")
    visitor.page.locator("[name=username]").fill(member_of("hotline").username)
    visitor.page.locator("[name=password]").fill(PASSWORD)
    visitor.send(visitor.page.locator("[name=password]"))
    assert visitor.page.locator("form[action*=dial]").count()


def ringing(visitor: Visitor, people: People) -> None:
    """The first page while a call rings whose number asked the voice line."""
    services.note_caller("13800000000", people.stopped.receipt_id)
    officer = Group.objects.get(name="hotline").user_set.latest("pk")
    services.note_call("1.1", CallState.RING, number="13800000000", officer=officer.username)
    visitor.page.goto("/admin/")
    assert visitor.page.locator(f"[role=status]:has-text('{people.stopped.receipt_id[-4:]}')").count()


def asked(visitor: Visitor, people: People) -> None:
    """The questions and the outline."""
    visitor.page.goto(FIND)
    visitor.page.locator("[name=number]").fill(people.stopped.holder.id_number)
    visitor.send(visitor.page.locator("[name=number]"))
    assert visitor.page.url.endswith("/call/")


def compare(visitor: Visitor, **answers: str) -> None:
    """Type what the caller says, and compare."""
    for name, words in answers.items():
        visitor.page.locator(f"[name={name}]").fill(words)
    visitor.send(visitor.page.locator("[name=name]"))


def too_few(visitor: Visitor, people: People) -> None:
    """Answers that are not enough."""
    asked(visitor, people)
    compare(visitor, name="李四")
    assert visitor.page.locator(".refusal").count()


def no_match(visitor: Visitor, people: People) -> None:
    """Answers that are wrong."""
    asked(visitor, people)
    compare(visitor, name="李四", card="0000", phone="13900000000")
    assert visitor.page.locator(".refusal").count()


def verified(visitor: Visitor, people: People) -> None:
    """The person's page during the call."""
    asked(visitor, people)
    person = people.stopped.holder
    compare(visitor, name=person.name, phone=person.phone or "", paper=people.stopped.receipt_id)
    assert visitor.page.locator(".verified").count()


def oral_report(visitor: Visitor, people: People) -> None:
    """The form of the report, where the caller has to name one of two cards."""
    lost = factories.card(of=people.stopped.holder, card_type="financial_preferential_blue")
    verified(visitor, people)
    visitor.press(visitor.page.locator("a[href*='/do/report_orally/']").first)
    assert visitor.page.locator(f"[name=card_meant][value='{lost.pk}']").count()


def reported(visitor: Visitor, people: People) -> None:
    """What is said after the report."""
    oral_report(visitor, people)
    subject = visitor.page.url.rstrip("/").rsplit("/", 1)[-1]
    visitor.page.locator(f"[name=card_meant][value='{subject}']").check()
    visitor.press(visitor.page.locator("form.panel button.action"))
    assert visitor.page.locator(".aloud").count() == 2


def referred(visitor: Visitor, people: People) -> None:
    """The form that sends somebody to a window."""
    verified(visitor, people)
    visitor.press(visitor.page.locator("a[href*='/do/refer/']").first)


def dialled(visitor: Visitor, _people: People) -> None:
    """The number to dial."""
    visitor.page.goto(FOLLOW_UPS)
    visitor.press(visitor.page.locator("form[action*=dial] button").first)


def closed(visitor: Visitor, people: People) -> None:
    """A person whose caller is not verified."""
    visitor.page.goto(f"{FIND}{people.replaced.holder_id}/change/")


def out_of_tries(visitor: Visitor, people: People) -> None:
    """The call after three wrong tries; last, because whoever asks about this person then has to wait."""
    asked(visitor, people)
    for _ in range(3):
        # The telephone number is not asked by whoever has just been shown it.
        compare(visitor, name="李四", card="0000", paper=people.replaced.receipt_id)
    assert not visitor.page.locator("[name=card]").count()
    assert visitor.page.locator(".refusal").count()


# Signing in comes first, and the end of all tries last.
CALLS: dict[str, Way] = {
    "first page": signed_in,
    "a call at the desk": ringing,
    "questions": asked,
    "too few answers": too_few,
    "no match": no_match,
    "verified": verified,
    "oral report": oral_report,
    "reported": reported,
    "send to a window": referred,
    "call-backs": at(FOLLOW_UPS),
    "number to dial": dialled,
    "not verified": closed,
    "out of tries": out_of_tries,
}
