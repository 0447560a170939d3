"""What takes two people: asked for by one member of staff, decided by another."""

from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction

from cards import id_number as id_numbers
from cards.actors import Actor, Proof
from cards.errors import PersonAlreadyRegistered, ReasonMissing, Refusal
from cards.models import Amendment, Cardholder, Dispute, Event, IdNumberIndex, Merge, Override
from cards.names import clean_name
from cards.office_vocabulary import RequestKind, Verdict
from cards.rules import CHINA
from cards.services import merging, proof
from cards.services.applications import telling
from cards.services.deed import Deed
from cards.services.opening import deed
from cards.staff_errors import DecidedAlready, NoExceptionFromThis, NothingChanged, SecondPersonNeeded
from cards.vocabulary import Action, EventKind

Request = Override | Amendment | Merge


# --- asking -------------------------------------------------------------------------------------------------------


def ask_exception(
    holder: Cardholder, action: Action, refusal: type[Refusal], *, actor: Actor, reason: str, subject: str = ""
) -> Override:
    """Ask a supervisor for an exception to one rule, for one act, today; the same question twice is one request.

    It is good for what the refused act was to be done to, named as an event names it; without a subject, the person.
    """
    if not refusal.overridable():
        raise NoExceptionFromThis()
    with deed(holder, actor) as act:
        about = subject or Event.subject_of(act.holder)
        mine = Override.objects.of(act.holder).alive(act.now).filter(asked_by=actor.user, action=action)
        waiting = mine.pending().filter(refusal=refusal.code(), subject=about).first()
        if waiting is not None:
            return waiting
        tomorrow = act.today + timedelta(days=1)
        override = Override.objects.create(
            holder=act.holder,
            action=action,
            refusal=refusal.code(),
            subject=about,
            valid_until=datetime.combine(tomorrow, time(), CHINA),
            asked_by=actor.user,
            asked_at=act.now,
            reason=reason_given(reason),
        )
        act.record(EventKind.REQUESTED, override, RequestKind.EXCEPTION, rule=refusal.code(), action=action)
    return override


def ask_amendment(
    holder: Cardholder, part: RequestKind, new_value: str, *, actor: Actor, evidence: Proof, reason: str
) -> Amendment:
    """Ask for a name or an ID number to be put right, with the proof in hand; another person confirms it."""
    with deed(holder, actor) as act:
        remembered = proof.check(act, Action.AMEND, evidence)
        new = _cleaned(act, part, new_value)
        amendment = Amendment.objects.create(
            holder=act.holder,
            part=part,
            old_value=act.holder.name if part == RequestKind.NAME else act.holder.id_number,
            new_value=new,
            asked_by=actor.user,
            asked_at=act.now,
            reason=reason_given(reason),
        )
        act.record(EventKind.REQUESTED, amendment, part, **telling(remembered))
    return amendment


def ask_merge(holder: Cardholder, other: Cardholder, *, actor: Actor, reason: str) -> Merge:
    """Ask for a second record of the same person to become part of this one."""
    with deed(holder, actor) as act:
        proof.office_only(act, Action.MERGE)
        merging.check(act.holder, other)
        merge = Merge.objects.create(
            holder=act.holder, other=other, asked_by=actor.user, asked_at=act.now, reason=reason_given(reason)
        )
        act.record(EventKind.REQUESTED, merge, RequestKind.MERGE)
    return merge


def reason_given(text: str) -> str:
    """The reason without blanks around it; there must be one."""
    if not text.strip():
        raise ReasonMissing()
    return text.strip()


def _cleaned(act: Deed, part: RequestKind, value: str) -> str:
    """The new value as it will be kept; refused where it is no change, or another person's number."""
    if part == RequestKind.NAME:
        name = clean_name(value)
        if name == act.holder.name:
            raise NothingChanged()
        return name
    number = id_numbers.check(value)
    if number == act.holder.id_number:
        raise NothingChanged()
    if Cardholder.objects.by_id_number(number) not in (None, act.holder):
        raise PersonAlreadyRegistered()
    return number


# --- deciding -----------------------------------------------------------------------------------------------------


def decide(request: Request, action: Action, *, actor: Actor, reason: str = "") -> None:
    """Grant or decline a request; whoever asked cannot. A correction or merge that is granted is done at once."""
    if isinstance(request, Merge) and action == Action.GRANT:
        with merging.both_held(request):
            _decide(request, action, actor, reason)
    else:
        _decide(request, action, actor, reason)


def _decide(request: Request, action: Action, actor: Actor, reason: str) -> None:
    with deed(request.holder_id, actor) as act:
        proof.office_only(act, action)
        if isinstance(request, Override) and request.valid_until <= act.now:
            raise DecidedAlready()
        verdict = Verdict.GRANTED if action == Action.GRANT else Verdict.DECLINED
        settle(act, request, verdict, reason)
        kind = EventKind.REQUEST_GRANTED if action == Action.GRANT else EventKind.REQUEST_DECLINED
        act.record(kind, request, request.kind, reason=reason.strip())
        if action == Action.GRANT and isinstance(request, Amendment):
            _amend(act, request)
        elif action == Action.GRANT and isinstance(request, Merge):
            merging.merge(act, request)


def settle(act: Deed, request: Request | Dispute, verdict: Verdict, reason: str) -> None:
    """Write the decision of a second person, once."""
    if act.actor.user is None or act.actor.user.pk == request.asked_by_id:
        raise SecondPersonNeeded()
    request.refresh_from_db()
    if not request.pending:
        raise DecidedAlready()
    column = type(request)._meta.get_field("verdict_reason")
    told = column.sealed(reason.strip(), request) if reason.strip() else None
    changes = {"verdict": verdict.value, "decided_by": act.actor.user, "decided_at": act.now, "verdict_reason": told}
    act.swap(request, {"verdict": ""}, **changes)


def _amend(act: Deed, amendment: Amendment) -> None:
    """Write the new value into the person's row and the directory; the ledger keeps what was there."""
    part = RequestKind(amendment.part)
    new = _cleaned(act, part, amendment.new_value)
    column = "name" if part == RequestKind.NAME else "id_number"
    sealed = Cardholder._meta.get_field(column).sealed(new, act.holder)  # type: ignore[union-attr]
    if part == RequestKind.ID_NUMBER:
        # What was found under the old number is found under the new one; the old one was never this person's.
        IdNumberIndex.objects.filter(holder=act.holder).delete()
        _enter(act, new)
    Cardholder.objects.filter(pk=act.holder.pk).update(**{column: sealed})
    act.record(EventKind.AMENDED, act.holder, part, old=amendment.old_value, new=new)


def _enter(act: Deed, number: str) -> None:
    """Let the number lead to this person alone; that of a record which became part of this one is taken over."""
    entry = IdNumberIndex.objects.entry(number)
    if entry is not None:
        if entry.person != act.holder:
            raise PersonAlreadyRegistered()
        entry.delete()
    try:
        with transaction.atomic():
            IdNumberIndex.objects.enter(number, holder=act.holder)
    except IntegrityError as clash:
        # Registered by somebody else at this very moment.
        raise PersonAlreadyRegistered() from clash
