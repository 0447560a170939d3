"""A desk in tests: a signed-in member of staff, and what that person does in the browser."""

from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from cards.models import Cardholder, Outlet, StaffProfile
from cards.vocabulary import Action, Evidence, Party
from tests import factories

HOME = object()
FIND = "/admin/cards/cardholder/"
CALL = "/admin/cards/followup/call/"


class Desk:
    """A member of staff of a group at a desk, in English."""

    def __init__(self, group: str, outlet: "Outlet | object | None" = HOME) -> None:
        self.user = factories.UserFactory(is_superuser=group == "admin")
        if group not in ("admin", "nobody"):
            self.user.groups.add(Group.objects.get(name=group))
        self.outlet = factories.OutletFactory() if outlet is HOME else outlet
        if self.outlet is not None:
            StaffProfile.objects.create(user=self.user, outlet=self.outlet)
        self.client = Client(headers={"accept-language": "en"})
        self.client.force_login(self.user)

    def sit_at(self, outlet: Outlet) -> None:
        """Work at another window from now on."""
        self.outlet = outlet
        StaffProfile.objects.update_or_create(user=self.user, defaults={"outlet": outlet})

    def find(self, number: str) -> Any:
        """Type a number into the one form."""
        return self.client.post(FIND, {"number": number})

    def reach(self, holder: Cardholder) -> Any:
        """Find a person; on the phone, put the identity questions to a caller who knows the answers."""
        found = self.find(holder.id_number)
        assert found.status_code == 303
        return self.ask(**answers_of(holder)) if found.url == CALL else found

    def ask(self, **answers: str) -> Any:
        """Type what the caller says, and compare."""
        return self.client.post(CALL, answers)

    def open(self, holder: Cardholder) -> Any:
        """Find a person and go to the screen."""
        self.reach(holder)
        return self.client.get(person_url(holder))

    def read(self, holder: Cardholder) -> str:
        """The text of a person's screen."""
        return self.open(holder).content.decode()

    def form(self, action: str, subject: Any, party: str = "") -> Any:
        """Look at the form of an action, after opening the person."""
        self.reach(holder_of(subject))
        return self.client.get(act_url(action, subject), {"party": party} if party else {})

    def act(self, action: str, subject: Any, party: str = "holder", tick: bool = True, **fields: Any) -> Any:
        """Fill in the form as it is shown, every box ticked, and send it."""
        page = self.form(action, subject, party)
        assert page.status_code == 200, page.status_code
        form = page.context["deed"].form
        data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
        data |= {f"saw_{item.value}": "on" for item in Evidence if tick and f"saw_{item.value}" in form.fields}
        if party and data["party"] != Party.OFFICE:
            data["party"] = party
        sent = {name: value for name, value in (data | fields).items() if value not in (None, False)}
        return self.client.post(act_url(action, subject), sent)

    def done(self, action: str, subject: Any, **fields: Any) -> Any:
        """Do it, and follow to the page that comes after."""
        answer = self.act(action, subject, **fields)
        assert answer.status_code == 303, refusal_in(answer)
        return self.client.get(answer.url)


def answers_of(holder: Cardholder) -> dict[str, str]:
    """What somebody says who has a paper or a card at hand; a paper does where there is no card."""
    card, paper = holder.cards.first(), holder.papers.first()
    said = {"name": holder.name, "phone": holder.phone or ""}
    said |= {"paper": paper.number} if paper else {}
    return said | ({"card": card.last_four} if card else {})


def holder_of(subject: Any) -> Cardholder:
    """The person a subject belongs to."""
    return subject if isinstance(subject, Cardholder) else subject.holder


def person_url(holder: Any) -> str:
    """The person's screen."""
    return reverse("admin:cards_cardholder_change", args=[getattr(holder, "pk", holder)])


def act_url(action: str, subject: Any) -> str:
    """The form of an action."""
    return reverse("admin:cards_cardholder_do", args=[holder_of(subject).pk, Action(action).value, subject.pk])


def after_url(action: str, subject: Any) -> str:
    """The page after an action without a paper."""
    return reverse("admin:cards_cardholder_after", args=[holder_of(subject).pk, Action(action).value, subject.pk])


def refusal_in(page: Any) -> tuple[str, str]:
    """The refusal a page shows, and the rule beside it."""
    deed = page.context["deed"]
    assert not deed.refusal or deed.refusal in page.content.decode().replace("&#x27;", "'")
    return deed.refusal or str(dict(deed.form.errors)), deed.rule
