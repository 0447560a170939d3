"""The answer about one application: what a person may read at the level that was opened, in four bodies."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cards import forecast, workflow
from cards.answers import wording
from cards.answers.dates import told_day, told_day_short, told_moment
from cards.answers.joining import as_sentence, first_sentence, joined
from cards.answers.track import Step, track
from cards.models import Application, Dispute, IncidentNote
from cards.models.incidents import note_for
from cards.models.rule_data import forecasts
from cards.office_vocabulary import IncidentScope, Verdict
from cards.paper_number import spaced_paper_number
from cards.vocabulary import ApplicationKind, Stage, StopReason


@dataclass(frozen=True)
class Among:
    """Working days of a card in its present step, and those within which half and most went on to be ready."""

    day: int
    half: int
    most: int

    @property
    def told(self) -> str:
        """The same as a sentence."""
        if self.day > self.most:
            told = _("Your card has been at this step for %(day)s working days; most cards were ready after %(most)s.")
        elif not self.day:
            told = _(
                "Your card came to this step today. From here half were ready after %(half)s working days, "
                "most after %(most)s."
            )
        else:
            told = ngettext(
                "%(day)s working day at this step so far. From here half were ready after %(half)s working "
                "days, most after %(most)s.",
                "%(day)s working days at this step so far. From here half were ready after %(half)s working "
                "days, most after %(most)s.",
                self.day,
            )
        return told % {"day": self.day, "half": self.half, "most": self.most}


@dataclass
class ApplicationAnswer:
    """Everything a channel may say about one application, already in words."""

    application: Application
    full: bool
    stage: Stage
    stopped: str
    tag: str
    title: str
    now: str
    next: str
    estimate: str
    estimate_note: str
    delay: str
    dates: list[dict[str, str]]
    steps: list[Step] = field(default_factory=list)
    bring: list[str] = field(default_factory=list)
    # Where this card stands among those like it; None where that was not measured.
    among: "Among | None" = None
    needs_person: bool = False
    # Where `now` quotes a reason of several sentences: the same with the first of them.
    now_in_short: str = ""

    @property
    def level(self) -> str:
        """`full` or `outline`, as the page marks it."""
        return "full" if self.full else "outline"

    @property
    def verdict(self) -> dict[str, Any]:
        """What the verdict component shows."""
        kind = "act" if self.needs_person else "over" if self.stage in workflow.ENDED else ""
        text = joined(self.now, self.delay, self.next)
        return {
            "kind": kind,
            "tag": self.tag,
            "title": self.title,
            "text": text,
            "dates": self.dates,
            "note": self.estimate_note,
        }

    @property
    def phone(self) -> str:
        """What the officer or the voice line says: at most three sentences."""
        if self.now_in_short:
            return joined(as_sentence(self.title), self.now_in_short, str(wording.REST_OF_THE_REASON))
        return joined(as_sentence(self.title), self.delay or self.now, self.estimate or self.next)

    @property
    def wechat(self) -> str:
        """One line for a chat."""
        return joined(self.tag + _(": ") + as_sentence(self.title), self.estimate or self.next)

    @property
    def slip(self) -> list[str]:
        """The lines of a progress slip."""
        lines = [self.tag, as_sentence(self.title), self.now, self.delay, self.estimate, self.next]
        if self.full:
            number = spaced_paper_number(self.application.receipt_id)
            lines.insert(1, _("Receipt number %(number)s") % {"number": number})
        return [line for line in lines if line]


def answer_application(
    application: Application, *, full: bool, now: datetime, card_stopped: bool = False
) -> ApplicationAnswer:
    """Put the state of an application into words, at the outline or the full level.

    `card_stopped` says that the card it brought cannot be used: then nobody is sent to have it activated.
    """
    stage = Stage(application.stage)
    estimate = forecast.estimate(application, now)
    to_activate = _to_activate(application) and not card_stopped
    said = _wording(application, full, to_activate)
    facts = _Facts(application, full)
    incident = note_for(application, now)
    dates, line, note = _told_incident(incident, estimate) if incident else _told_estimate(estimate)
    if stage == Stage.READY and full and application.collect_by:
        dates = [{"label": _("Collect by"), "value": told_day(application.collect_by)}, *dates]
    return ApplicationAnswer(
        application=application,
        full=full,
        stage=stage,
        stopped=_stopped(application, full),
        tag=_tag(application),
        title=str(said.title) % facts,
        now=str(said.now) % facts,
        next=str(said.next) % facts,
        estimate=line,
        estimate_note=note,
        delay=_told_delay(incident, full) if incident else "",
        dates=dates,
        steps=track(application, full),
        bring=_bring(application) if full and stage == Stage.READY else [],
        needs_person=_dispute(application, full, to_activate) is None and _needs_person(application, to_activate),
        now_in_short=_in_short(said, facts),
        among=_among(estimate) if not incident else None,
    )


def _among(estimate: forecast.Estimate | None) -> Among | None:
    """Only where there are cards to stand among."""
    return Among(estimate.day, estimate.half_days, estimate.most_days) if estimate and estimate.cases else None


def _dispute(application: Application, full: bool, to_activate: bool) -> Dispute | None:
    """Whether the person has the card, where that was examined; a card to be activated is told so all the same."""
    dispute: Dispute | None = getattr(application, "dispute", None) if full else None
    settled = dispute is not None and dispute.verdict == Verdict.DECLINED
    return None if settled and to_activate else dispute


def _stopped(application: Application, full: bool) -> str:
    """The reason at the full level; the outline says only whether something is needed from the person."""
    if full:
        return application.stop
    return "yes" if application.stop and _needs_person(application, to_activate=False) else ""


def _needs_person(application: Application, to_activate: bool) -> bool:
    """Whether it is the person's turn."""
    if application.stop:
        return application.stop != StopReason.PRODUCTION_FAILED
    return application.stage == Stage.READY or to_activate


def _to_activate(application: Application) -> bool:
    return application.stage == Stage.COLLECTED and application.activation_needed


def told_activation(application: Application) -> str:
    """Where the card is activated: at its bank, by name and telephone."""
    if application.bank is None:
        return str(wording.TO_ACTIVATE)
    bank = application.bank
    return str(wording.TO_ACTIVATE_AT) % {"bank": bank.told("name"), "bank_phone": bank.hotline}


def _wording(application: Application, full: bool, to_activate: bool) -> wording.Wording:
    """The sentences for the state, at the level."""
    stage = Stage(application.stage)
    said = wording.STAGES[stage]
    dispute = _dispute(application, full, to_activate)
    if dispute is not None:
        return wording.DISPUTES[dispute.verdict]
    if application.stop:
        if full:
            return wording.STOPS[StopReason(application.stop)]
        # The fee's stop is no secret: its stage is shown anyway.
        if stage == Stage.FEE_DUE:
            return said
        return wording.STOPPED_OUTLINE if _needs_person(application, to_activate) else wording.DELAYED_OUTLINE
    if to_activate:
        named = full and application.bank is not None
        return wording.Wording(said.title, said.now, wording.TO_ACTIVATE_AT if named else wording.TO_ACTIVATE)
    if stage == Stage.READY and full:
        return wording.Wording(said.title, said.now, wording.READY_IN_FULL)
    if stage == Stage.READY and application.kind == ApplicationKind.REPLACEMENT:
        return wording.Wording(said.title, said.now, wording.READY_WITH_CERTIFICATE)
    if stage == Stage.REFUSED and full and application.refusal_reason:
        return wording.REFUSED_IN_FULL
    return said


class _Facts(dict[str, Any]):
    """What the placeholders of a text stand for, found when a text has one: most texts have none or one.

    At the outline level only dates are told.
    """

    def __init__(self, application: Application, full: bool) -> None:
        super().__init__(since=told_day(application.stage_since))
        self.application = application
        self.full = full
        if application.stop:
            spans = application.stop_spans()
            self["stopped"] = told_day(spans[-1][0] if spans else application.stage_since)

    def __missing__(self, name: str) -> Any:
        if not self.full:
            raise KeyError(name)
        value = self[name] = _FACTS[name](self.application)
        return value


def _days(application: Application) -> int:
    """A card that came back is ready again as soon as it is at the outlet."""
    known = forecasts().get((application.kind, application.method, application.stage))
    return max(1, known.most_days if known else forecast.standard_days(application))


_FACTS: dict[str, Callable[[Any], Any]] = {
    "asked": lambda application: told_day(application.dispute.asked_at),
    "decide_by": lambda application: told_day(application.dispute.decide_by),
    "decided": lambda application: told_day(application.dispute.decided_at),
    "outlet": lambda application: application.delivery_outlet.told("name"),
    "outlet_phone": lambda application: application.delivery_outlet.phone,
    "accepted_at": lambda application: application.accepted_outlet.told("name"),
    "by": lambda application: told_day(application.collect_by),
    "fee": lambda application: application.fee_yuan,
    "bank": lambda application: application.bank.told("name") if application.bank else "",
    "bank_phone": lambda application: application.bank.hotline if application.bank else "",
    "reason": lambda application: _reason(application) if application.refusal_reason else "",
    "days": _days,
    "bring": lambda application: pgettext("between things to bring", " and ").join(_bring(application)),
}


def _in_short(said: wording.Wording, facts: _Facts) -> str:
    """How it stands with the first sentence of a longer reason; nothing where all of it is told anyway."""
    if said is not wording.REFUSED_IN_FULL:
        return ""
    first, whole = first_sentence(facts["reason"]), facts["reason"]
    # What else the text names was found when the whole of it was said.
    return "" if first == whole else str(said.now) % (facts | {"reason": first})


def _reason(application: Application) -> str:
    """The reason of a refusal as an officer typed it, on one line and with a full stop."""
    return as_sentence(" ".join((application.refusal_reason or "").split()))


def _bring(application: Application) -> list[str]:
    """What to bring for collecting the card."""
    things = [_("your original ID document")]
    if getattr(application, "certificate", None):
        things.append(_("the card certificate"))
    return things


def _tag(application: Application) -> str:
    """The kind of application, and which step of how many it stands at."""
    kind = str(ApplicationKind(application.kind).label)
    stages = application.route.stages
    if application.stage not in stages:
        return kind
    step = stages.index(Stage(application.stage)) + 1
    return _("%(kind)s · step %(step)s of %(steps)s") % {"kind": kind, "step": step, "steps": len(stages)}


def _told_estimate(estimate: forecast.Estimate | None) -> tuple[list[dict[str, str]], str, str]:
    """The dates to show, the sentence to say, and what the estimate rests on."""
    if estimate is None:
        return [], "", ""
    half, most = told_day_short(estimate.half_by), told_day_short(estimate.most_by)
    if estimate.cases:
        dates = [
            {"label": _("Half of such cards are ready by"), "value": half},
            {"label": _("Most by"), "value": most},
        ]
        line, rests = wording.ESTIMATE, wording.ESTIMATE_RESTS_ON
    else:
        dates = [{"label": _("Ready by, after the service standard"), "value": most}]
        line, rests = wording.STANDARD, wording.STANDARD_RESTS_ON
    asks = _("now") if estimate.overdue else told_day_short(estimate.ask_from)
    dates.append({"label": _("You may ask us from"), "value": asks})
    note = str(rests) % {"cases": estimate.cases}
    if estimate.provisional:
        note = joined(note, str(wording.PROVISIONAL))
    if estimate.overdue:
        return dates, str(wording.OVERDUE), note
    return (dates, str(line) % {"half": told_day(estimate.half_by), "most": told_day(estimate.most_by)}, note)


def _told_delay(incident: IncidentNote, full: bool) -> str:
    """Why many wait: the note itself at the full level, at the outline what kind of party the delay is at."""
    return incident.told("text") if full else str(wording.INCIDENTS_OUTLINE[IncidentScope(incident.scope)])


def _told_incident(
    incident: IncidentNote, estimate: forecast.Estimate | None
) -> tuple[list[dict[str, str]], str, str]:
    """The new date instead of the forecast; a card that most likely comes later anyway keeps the later day."""
    day = max(incident.expected_on, estimate.most_by) if estimate else incident.expected_on
    dates = [
        {"label": _("New expected date"), "value": told_day_short(day)},
        {"label": _("You may ask us from"), "value": told_day_short(forecast.day_to_ask_after(day))},
    ]
    return dates, str(wording.NEW_DATE) % {"day": told_day(day)}, str(wording.NEW_DATE_RESTS_ON)


def told_history(application: Application) -> list[tuple[str, str]]:
    """Every entry of the history in words with its moment, oldest first; for the full level and for staff."""
    lines = []
    for what, value, at in application.history:
        moment = told_moment(datetime.fromisoformat(at))
        if what == "stage":
            lines.append((moment, str(Stage(value).label)))
        elif what == "stop":
            lines.append((moment, _("The clock was stopped: %(reason)s") % {"reason": StopReason(value).label}))
        else:
            lines.append((moment, _("The clock ran again")))
    return lines
