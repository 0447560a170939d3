"""Every action a person at a desk can take: its form, what it acts on, and the one service behind it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from cards import id_number as id_numbers
from cards import services
from cards.actors import Actor
from cards.desk import forms, phone_forms
from cards.desk.later_forms import (
    AmendForm,
    CorrectForm,
    DecideForm,
    DisputeForm,
    GrantForm,
    MergeForm,
    NoticesForm,
    PhoneForm,
)
from cards.errors import ChangedMeanwhile
from cards.models import (
    Amendment,
    Application,
    Card,
    Cardholder,
    Dispute,
    Event,
    FollowUp,
    LossReport,
    Merge,
    Override,
)
from cards.notice_vocabulary import BindingEnd, NoticeChannel
from cards.office_vocabulary import RequestKind
from cards.services import merging, sent_forms
from cards.staff_errors import OtherPersonUnknown
from cards.vocabulary import Action, LossForm

# Runs the service and returns the number of the paper to print, or nothing.
Run = Callable[[Any, Actor, Any], str]


@dataclass(frozen=True)
class Task:
    """One action as the desk knows it."""

    action: Action
    subjects: tuple[Any, ...]
    run: Run
    form: type[forms.DeedForm] = forms.DeedForm
    danger: bool = False


def _accept(subject: Any, actor: Actor, form: forms.AcceptForm) -> str:
    data = form.cleaned_data
    application = services.accept_application(
        form.matter.holder,
        kind=data["kind"],
        card_type=data["card_type"],
        delivery_outlet=data["delivery_outlet"],
        method=data["method"],
        bank=data.get("bank"),
        replaced_card=form.old_card(),
        exchange_reason=data.get("exchange_reason", ""),
        fee_exemption=data.get("fee_exemption", ""),
        phone=data.get("phone", ""),
        actor=actor,
        evidence=form.proof(),
    )
    return application.receipt_id


def _advance(action: Action) -> Run:
    def run(application: Application, actor: Actor, form: forms.DeedForm) -> str:
        reason = form.cleaned_data.get("reason", "")
        services.advance(application, action, actor=actor, evidence=form.proof(), reason=reason)
        return ""

    return run


def _stop(application: Application, actor: Actor, form: forms.StopForm) -> str:
    services.stop_clock(application, form.cleaned_data["reason"], actor=actor)
    return ""


def _resume(application: Application, actor: Actor, form: forms.DeedForm) -> str:
    services.resume_clock(application, actor=actor)
    return ""


def _hand_over(application: Application, actor: Actor, form: forms.DeedForm) -> str:
    services.hand_over(application, actor=actor, evidence=form.proof())
    return ""


def _report(loss_form: LossForm) -> Run:
    def run(card: Card, actor: Actor, form: forms.DeedForm) -> str:
        return services.report_loss(card, form=loss_form, actor=actor, evidence=form.proof()).receipt_id

    return run


def _cancel(report: LossReport, actor: Actor, form: forms.DeedForm) -> str:
    return services.cancel_loss_report(report, actor=actor, evidence=form.proof()).receipt_id or ""


def _replace(report: LossReport, actor: Actor, form: forms.DeedForm) -> str:
    data = form.cleaned_data
    replacement = services.replace_card(
        report,
        delivery_outlet=data["delivery_outlet"],
        method=data["method"],
        fee_exemption=data["fee_exemption"],
        actor=actor,
        evidence=form.proof(),
    )
    return replacement.application.certificate.paper_id


def _reissue(subject: Application | LossReport, actor: Actor, form: forms.DeedForm) -> str:
    services.reissue_code(subject, actor=actor, evidence=form.proof())
    return subject.receipt_id


def _call_back(holder: Cardholder, actor: Actor, form: phone_forms.FollowUpForm) -> str:
    data = form.cleaned_data
    services.promise_call_back(holder, reason=data["reason"], days=data["days"], note=data["note"], actor=actor)
    return ""


def _refer(holder: Cardholder, actor: Actor, form: phone_forms.ReferForm) -> str:
    data = form.cleaned_data
    services.refer_to_outlet(
        holder, outlet=data["outlet"], reason=data["reason"], days=data["days"], note=data["note"], actor=actor
    )
    return ""


def _settle(follow_up: FollowUp, actor: Actor, form: phone_forms.SettleForm) -> str:
    services.settle_follow_up(follow_up, form.cleaned_data["outcome"], actor=actor)
    return ""


def _replace_certificate(application: Application, actor: Actor, form: forms.DeedForm) -> str:
    return services.replace_certificate(application, actor=actor, evidence=form.proof()).paper_id


def _correct(event: Event, actor: Actor, form: CorrectForm) -> str:
    services.correct(event, actor=actor, reason=form.cleaned_data["reason"])
    return ""


def _change_phone(holder: Cardholder, actor: Actor, form: PhoneForm) -> str:
    services.change_phone(holder, form.cleaned_data["phone"], actor=actor, evidence=form.proof())
    return ""


def _choose_notices(holder: Cardholder, actor: Actor, form: NoticesForm) -> str:
    data, wanted = form.cleaned_data, form.wanted
    if wanted.pop(NoticeChannel.WECHAT, True) is False:
        services.end_binding(holder, BindingEnd.COUNTER, actor=actor)
    services.choose_notices(
        holder,
        wanted,
        language=data["language"],
        email=data.get("address", ""),
        actor=actor,
        evidence=form.proof(),
    )
    return ""


def _amend(holder: Cardholder, actor: Actor, form: AmendForm) -> str:
    data = form.cleaned_data
    part = RequestKind(data["part"])
    services.ask_amendment(holder, part, data["new_value"], actor=actor, evidence=form.proof(), reason=data["reason"])
    return ""


def _merge(holder: Cardholder, actor: Actor, form: MergeForm) -> str:
    other = Cardholder.objects.by_id_number(id_numbers.check(form.cleaned_data["id_number"]))
    if other is None:
        raise OtherPersonUnknown()
    services.ask_merge(holder, other, actor=actor, reason=form.cleaned_data["reason"])
    return ""


def _dispute(application: Application, actor: Actor, form: DisputeForm) -> str:
    services.dispute_collection(application, actor=actor, evidence=form.proof(), reason=form.cleaned_data["reason"])
    return ""


def _decide(action: Action) -> Run:
    def run(request: Any, actor: Actor, form: DecideForm) -> str:
        services.decide(request, action, actor=actor, reason=form.cleaned_data["reason"])
        return ""

    return run


def _decide_dispute(action: Action) -> Run:
    def run(dispute: Dispute, actor: Actor, form: DecideForm) -> str:
        again = services.decide_dispute(dispute, action, actor=actor, reason=form.cleaned_data["reason"])
        return again.receipt_id if again else ""

    return run


_APPLICATION = (Application,)
_REQUESTS = (Override, Amendment, Merge)
_PLAIN_STEPS = (
    Action.CHECK,
    Action.ASK_FEE,
    Action.TAKE_FEE,
    Action.OPEN_ACCOUNT,
    Action.PRODUCE,
    Action.SEND,
    Action.RECEIVE,
    Action.ACTIVATE,
    Action.WITHDRAW,
)

TASKS: dict[Action, Task] = {
    task.action: task
    for task in (
        Task(Action.ACCEPT, (Cardholder, Card), _accept, forms.AcceptForm),
        *(Task(step, _APPLICATION, _advance(step)) for step in _PLAIN_STEPS),
        Task(Action.REFUSE, _APPLICATION, _advance(Action.REFUSE), forms.RefuseForm, danger=True),
        Task(Action.RECALL, _APPLICATION, _advance(Action.RECALL), danger=True),
        Task(Action.STOP, _APPLICATION, _stop, forms.StopForm),
        Task(Action.RESUME, _APPLICATION, _resume),
        Task(Action.HAND_OVER, _APPLICATION, _hand_over, forms.HandOverForm),
        Task(Action.REPORT_ORALLY, (Card,), _report(LossForm.ORAL), phone_forms.OralReportForm),
        Task(Action.REPORT_IN_WRITING, (Card,), _report(LossForm.WRITTEN)),
        Task(Action.CANCEL_REPORT, (LossReport,), _cancel, forms.CancelForm),
        Task(Action.REPLACE, (LossReport,), _replace, forms.ReplaceForm, danger=True),
        Task(Action.REPLACE_CERTIFICATE, _APPLICATION, _replace_certificate),
        Task(Action.REISSUE_CODE, (Application, LossReport), _reissue),
        Task(Action.CALL_BACK, (Cardholder,), _call_back, phone_forms.FollowUpForm),
        Task(Action.REFER, (Cardholder,), _refer, phone_forms.ReferForm),
        Task(Action.SETTLE, (FollowUp,), _settle, phone_forms.SettleForm),
        Task(Action.CORRECT, (Event,), _correct, CorrectForm, danger=True),
        Task(Action.CHANGE_PHONE, (Cardholder,), _change_phone, PhoneForm),
        Task(Action.CHOOSE_NOTICES, (Cardholder,), _choose_notices, NoticesForm),
        Task(Action.AMEND, (Cardholder,), _amend, AmendForm),
        Task(Action.MERGE, (Cardholder,), _merge, MergeForm),
        Task(Action.DISPUTE, _APPLICATION, _dispute, DisputeForm, danger=True),
        Task(Action.GRANT, _REQUESTS, _decide(Action.GRANT), GrantForm),
        Task(Action.DECLINE, _REQUESTS, _decide(Action.DECLINE), DecideForm),
        Task(Action.CONFIRM_HANDED_OVER, (Dispute,), _decide_dispute(Action.CONFIRM_HANDED_OVER), DecideForm),
        Task(
            Action.CONFIRM_NOT_RECEIVED,
            (Dispute,),
            _decide_dispute(Action.CONFIRM_NOT_RECEIVED),
            DecideForm,
            danger=True,
        ),
    )
}

_RELATED: dict[type[Any], tuple[str, ...]] = {
    Application: ("receipt", "certificate", "replaced_card", "delivery_outlet", "bank"),
    Card: ("bank",),
    LossReport: ("receipt", "card__bank"),
    FollowUp: ("outlet__bank",),
    Dispute: ("application", "card__bank", "asked_by"),
    Override: ("asked_by",),
    Amendment: ("asked_by",),
    Merge: ("asked_by", "other"),
}


def find_subject(task: Task, holder: Cardholder, key: uuid.UUID) -> Any | None:
    """The thing of this person that the action is about, or None."""
    for model in task.subjects:
        if model is Cardholder:
            if key == holder.pk:
                return holder
            continue
        # An event may stand in the chain of a record that was merged into this one.
        rows = model.objects.told_of(holder) if model is Event else model.objects.of(holder)
        found = rows.select_related(*_RELATED.get(model, ())).filter(pk=key).first()
        if found is not None:
            return found
    return None


def state_of(subject: Any) -> str:
    """What the page shows of the subject's state, so that a form filled in later is known to be stale."""
    if isinstance(subject, Application):
        certificate = getattr(subject, "certificate", None)
        return f"{subject.stage}/{subject.stop}/{certificate.paper_id if certificate else ''}/{subject.receipt.issue}"
    if isinstance(subject, LossReport):
        return f"{subject.status}/{subject.receipt.issue}"
    if isinstance(subject, Card):
        return subject.social_status
    if isinstance(subject, FollowUp):
        return subject.outcome
    if isinstance(subject, Override | Amendment | Merge | Dispute):
        return subject.verdict
    if isinstance(subject, Event):
        # Whether it is still the last step is asked by the service, which can say so.
        return ""
    return str(Application.objects.of(subject).count())


def carry_out(task: Task, form: forms.DeedForm, actor: Actor) -> sent_forms.Done:
    """Call the one service of a task; refused when the state is no longer the one the clerk saw.

    The person's row is held, so the comparison and the service see the same state; for a merge both, in the order in
    which everybody holds them. The same form sent again, by a double click or after a lost answer, does nothing
    more and gets the answer of the first; sent by somebody else it is another form.
    """
    holder, subject, key = form.matter.holder, form.matter.subject, form.cleaned_data["key"]
    with merging.both_held(subject) if isinstance(subject, Merge) else transaction.atomic():
        Cardholder.objects.select_for_update(no_key=True).get(pk=holder.pk)
        content = f"{actor.user.pk if actor.user else ''} {form.content()}"
        return sent_forms.once(holder, key, task.action, content, lambda: _carry_out_now(task, form, actor))


def _carry_out_now(task: Task, form: forms.DeedForm, actor: Actor) -> str:
    """Where the service itself refuses, its reason says more than "changed meanwhile", so about cards, reports and
    requests it speaks first.
    """
    matter = form.matter
    subject = find_subject(task, matter.holder, matter.subject.pk)
    if subject is None:
        # It went to another record, or was put back, since the form was opened.
        raise ChangedMeanwhile()
    stale = form.cleaned_data["seen"] != state_of(subject)
    # Read before the service writes entries of its own.
    overtaken = ChangedMeanwhile(_last_act(matter.holder, subject)) if stale else None
    if overtaken and isinstance(subject, Application | Cardholder):
        raise overtaken
    paper = task.run(subject, actor, form)
    if overtaken:
        raise overtaken
    return paper


def _last_act(holder: Cardholder, subject: Any) -> Event | None:
    """The last entry about a subject: a card and its reports go together, and applications come to the person."""
    entries = Event.objects.of(holder)
    if isinstance(subject, Cardholder):
        return entries.last_about()
    if isinstance(subject, Application):
        return entries.last_about(subject)
    if not isinstance(subject, Card | LossReport):
        return entries.last_about(subject)
    card = subject if isinstance(subject, Card) else subject.card
    return entries.last_about(card, *LossReport.objects.of(holder).filter(card=card))
