"""The rule sets at the supervisor's desk: where each stands, what it would change, and the next step."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from cards import rule_preview, rule_words
from cards.answers.dates import told_day
from cards.channels.counter.rule_set_form import RuleSetForm
from cards.desk import acting
from cards.errors import Refusal
from cards.models import RuleSet
from cards.office_vocabulary import RuleState
from cards.see_other import SeeOther
from cards.services import rule_sets


@dataclass(frozen=True)
class Move:
    """A button: the step it takes, what it leads to, who may press it."""

    name: str
    label: Any
    consequence: Any
    permission: str
    done: Any
    danger: bool = False


_MOVES = {
    "review": Move(
        "review",
        gettext_lazy("I have read it and find it right"),
        gettext_lazy("It can then be put in force, and no longer be changed."),
        "cards.review_ruleset",
        gettext_lazy("The rule set is reviewed. It still has to be put in force."),
    ),
    "put-in-force": Move(
        "put-in-force",
        gettext_lazy("Put in force"),
        gettext_lazy("From its day on it binds every window, the hotline and the website."),
        "cards.enforce_ruleset",
        gettext_lazy("The rule set binds everybody from its day on."),
    ),
    "reopen": Move(
        "reopen",
        gettext_lazy("Send back to the draft"),
        gettext_lazy("It can be changed again, and has to be reviewed again."),
        "cards.review_ruleset",
        gettext_lazy("The rule set is a draft again."),
    ),
    "withdraw": Move(
        "withdraw",
        gettext_lazy("Withdraw"),
        gettext_lazy("It is given up for good, and stays on this list."),
        "cards.change_ruleset",
        gettext_lazy("The rule set is withdrawn."),
        danger=True,
    ),
}
_POSSIBLE = {
    RuleState.DRAFT: ("review", "withdraw"),
    RuleState.REVIEWED: ("put-in-force", "reopen", "withdraw"),
    RuleState.IN_FORCE: ("withdraw",),
    RuleState.WITHDRAWN: (),
}
_KIND = {RuleState.DRAFT: "warn", RuleState.REVIEWED: "warn", RuleState.IN_FORCE: "good", RuleState.WITHDRAWN: ""}


@dataclass(frozen=True)
class Standing:
    """Where a rule set stands, in words."""

    rule_set: RuleSet
    state: str
    kind: str
    when: str
    next: str

    @property
    def url(self) -> str:
        return reverse("admin:cards_ruleset_change", args=[self.rule_set.pk])


def standing_of(rule_set: RuleSet, current: RuleSet | None) -> Standing:
    """Put the state and date of a set into words, and say what comes next."""
    state, day = RuleState(rule_set.state), told_day(rule_set.valid_from)
    label, kind, next_step = str(state.label), _KIND[state], ""
    if state == RuleState.DRAFT:
        when = _("is to begin on %(day)s") % {"day": day}
        next_step = _("Next: somebody who wrote no part of it reviews it.")
    elif state == RuleState.REVIEWED:
        when = _("is to begin on %(day)s") % {"day": day}
        next_step = _("Next: put it in force before that day.")
    elif state == RuleState.WITHDRAWN:
        when = _("never began")
    elif not rule_set.has_begun(rule_sets.today()):
        label, kind = pgettext("rule set", "To come"), "warn"
        when = _("begins on %(day)s") % {"day": day}
        next_step = _("Nothing is left to do. Until that day it can be withdrawn.")
    elif rule_set == current:
        when = _("since %(since)s") % {"since": day}
        next_step = _("A change is a new rule set; this one stays as it is.")
    else:
        label, kind = _("No longer in force"), ""
        when = _("began on %(day)s") % {"day": day}
    return Standing(rule_set, label, kind, when, next_step)


@admin.register(RuleSet)
class RuleSetAdmin(admin.ModelAdmin):
    """The rules with their dates. Every step is a button that POSTs to its own address and one service."""

    def get_urls(self) -> list[Any]:
        """Our own pages only: nothing of a rule set is changed through the admin's own forms."""
        page = self.admin_site.admin_view
        return [
            path("", page(self.list_view), name="cards_ruleset_changelist"),
            path("add/", page(self.draft_view), name="cards_ruleset_add"),
            path("<int:key>/change/", page(self.set_view), name="cards_ruleset_change"),
            path("<int:key>/<slug:move>/", page(self.move_view), name="cards_ruleset_move"),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Cases refer to the version of their rules."""
        return False

    def list_view(self, request: HttpRequest) -> HttpResponse:
        """Every set on one line of time: what is to come, what holds, what was."""
        self._may_look(request)
        current = _in_force()
        standings = [standing_of(one, current) for one in RuleSet.objects.order_by("-valid_from", "-pk")]
        told = {
            "coming": [one for one in standings if one.kind == "warn"],
            "current": [one for one in standings if one.kind == "good"],
            "past": [one for one in standings if not one.kind],
        }
        return self._page(
            request, "list.html", _("Rules of the place"), may_draft=self.has_add_permission(request), **told
        )

    def draft_view(self, request: HttpRequest) -> HttpResponse:
        """Begin a new set from the one in force."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = RuleSetForm(request.POST if request.method == "POST" else None, begin_with=_in_force())
        if request.method == "POST" and form.is_valid():
            made = rule_sets.draft(form.contents, form.standards, by=request.user)
            messages.success(request, _("The draft is saved. It binds nobody yet."))
            return SeeOther(standing_of(made, None).url)
        return self._page(request, "draft.html", _("New rule set"), form=form)

    def set_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Show a set with what it would change; take a changed draft."""
        self._may_look(request)
        rule_set = get_object_or_404(RuleSet, pk=key)
        editable = rule_set.state == RuleState.DRAFT and self.has_change_permission(request)
        refusal, form = "", RuleSetForm(rule_set=rule_set) if editable else None
        if request.method == "POST":
            if not editable:
                raise PermissionDenied
            form = RuleSetForm(request.POST, rule_set=rule_set)
            if form.is_valid():
                refusal = self._changed(request, rule_set, form)
                if not refusal:
                    return SeeOther(request.path)
        return self._page(request, "set.html", rule_set.version, **self._context(request, rule_set, form, refusal))

    @staticmethod
    def _changed(request: HttpRequest, rule_set: RuleSet, form: RuleSetForm) -> str:
        """Write the draft anew; the sentence of a refusal, or nothing."""
        try:
            rule_sets.change_draft(
                rule_set, form.contents, form.standards, seen=form.cleaned_data["seen"], by=request.user
            )
        except Refusal as refused:
            return acting.told(refused)
        messages.success(request, _("The draft is saved. It binds nobody yet."))
        return ""

    def move_view(self, request: HttpRequest, key: int, move: str) -> HttpResponse:
        """Take one step with a set, by its one service."""
        if move not in _MOVES:
            raise Http404
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        rule_set = get_object_or_404(RuleSet, pk=key)
        if not request.user.has_perm(_permission(move, rule_set)):
            raise PermissionDenied
        acts = {
            "review": lambda: rule_sets.review(rule_set, seen=request.POST.get("seen", ""), by=request.user),
            "put-in-force": lambda: rule_sets.put_in_force(rule_set, by=request.user),
            "reopen": lambda: rule_sets.reopen(rule_set, by=request.user),
            "withdraw": lambda: rule_sets.withdraw(rule_set, by=request.user),
        }
        try:
            acts[move]()
        except Refusal as refused:
            rule_set.refresh_from_db()
            context = self._context(request, rule_set, None, acting.told(refused))
            return self._page(request, "set.html", rule_set.version, **context)
        messages.success(request, _MOVES[move].done)
        return SeeOther(reverse("admin:cards_ruleset_change", args=[rule_set.pk]))

    def _context(
        self, request: HttpRequest, rule_set: RuleSet, form: RuleSetForm | None, refusal: str
    ) -> dict[str, Any]:
        """What the page of a set shows."""
        before = RuleSet.objects.begun_on(rule_set.valid_from).exclude(pk=rule_set.pk).first()
        book = rule_set.book()
        moves = _moves(request, rule_set)
        tried = None
        if before and moves:
            tried = rule_preview.preview(before.book(), book, timezone.now())
        return {
            "rule_set": rule_set,
            "standing": standing_of(rule_set, _in_force()),
            "before": before,
            "differences": rule_words.differences(before.book(), book) if before else [],
            "preview": tried,
            "rules": list(rule_words.told_rules(book)),
            "standards": [(rule_words.standard_label(key), days) for key, days in book.standards.items()],
            "moves": moves,
            "own": rule_set.state == RuleState.DRAFT and rule_sets.wrote(rule_set, request.user),
            "seen": rule_set.content_digest(),
            "steps": rule_set.steps.select_related("user"),
            "form": form,
            "refusal": refusal,
            "may_find": request.user.has_perm("cards.find_cardholder"),
        }

    def _may_look(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        """A page in the frame of the admin."""
        frame = self.admin_site.each_context(request)
        return TemplateResponse(request, f"admin/cards/ruleset/{template}", {**frame, "title": title, **context})


def _in_force() -> RuleSet | None:
    return RuleSet.objects.begun_on(rule_sets.today()).first()


def _permission(move: str, rule_set: RuleSet) -> str:
    """What a step needs; to take back what was put in force needs the power to put it there."""
    if move == "withdraw" and rule_set.state == RuleState.IN_FORCE:
        return _MOVES["put-in-force"].permission
    return _MOVES[move].permission


def _moves(request: HttpRequest, rule_set: RuleSet) -> list[Move]:
    """The buttons this person has for a set in this state."""
    if rule_set.has_begun(rule_sets.today()):
        return []
    return [
        _MOVES[name]
        for name in _POSSIBLE[RuleState(rule_set.state)]
        if request.user.has_perm(_permission(name, rule_set))
        and not (name == "review" and rule_sets.wrote(rule_set, request.user))
    ]
