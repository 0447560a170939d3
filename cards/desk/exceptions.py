"""Asking a supervisor for an exception from the form that was refused, and how the request stands."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cards import services
from cards.answers.dates import told_moment
from cards.desk.forms import Matter
from cards.errors import Refusal
from cards.models import Override
from cards.office_vocabulary import Verdict

SHORTEST_REASON = 4


@dataclass(frozen=True)
class Asking:
    """Whether an exception can be asked for, and how a request of this clerk stands."""

    rule: str
    sentence: str = ""
    granted: bool = False
    waiting: bool = False
    wrong: str = ""

    @property
    def may_ask(self) -> bool:
        """Whether the form offers to ask."""
        return not self.granted and not self.waiting


def about(matter: Matter, refused: Refusal, reason: str | None = None) -> Asking:
    """How things stand with an exception to this rule; with a reason, ask for it first."""
    rule = str(refused.exception_from)
    if reason is not None:
        if len(reason.strip()) < SHORTEST_REASON:
            return Asking(rule, wrong=_("Please give the reason in a few words; the person will read it."))
        actor = matter.desk.actor(matter.party)
        services.ask_exception(
            matter.holder, matter.action, type(refused), actor=actor, reason=reason, subject=refused.subject
        )
    newest = _newest(matter, refused)
    return Asking(rule) if newest is None else _told(rule, newest)


def _newest(matter: Matter, refused: Refusal) -> Override | None:
    today = Override.objects.of(matter.holder).alive(timezone.now()).filter(used_at__isnull=True)
    same = {"action": matter.action, "refusal": refused.code(), "subject": refused.subject}
    mine = today.filter(asked_by=matter.desk.user, **same)
    return mine.select_related("decided_by").order_by("-asked_at").first()


def _told(rule: str, override: Override) -> Asking:
    facts: dict[str, Any] = {
        "asked": told_moment(override.asked_at),
        "by": override.decided_by.get_username() if override.decided_by else "",
        "decided": told_moment(override.decided_at),
        "why": override.verdict_reason or "",
    }
    if override.pending:
        sentence = _(
            "The exception was asked for on %(asked)s and waits for a supervisor. "
            "When it is granted, send this form once more."
        )
        return Asking(rule, sentence % facts, waiting=True)
    if override.verdict == Verdict.GRANTED:
        sentence = _("%(by)s granted the exception on %(decided)s. It is good once, until the end of today.")
        return Asking(rule, sentence % facts, granted=True)
    return Asking(rule, _("%(by)s declined the exception on %(decided)s: %(why)s") % facts)
