"""Every action a person at a desk can take: its form, what it acts on, and the one service behind it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from cards import services
from cards.actors import Actor
from cards.desk import forms, phone_forms
from cards.errors import ChangedMeanwhile
from cards.models import Application, Card, Cardholder, FollowUp, LossReport
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


_APPLICATION = (Application,)
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
    )
}

_RELATED: dict[type[Any], tuple[str, ...]] = {
    Application: ("receipt", "certificate", "replaced_card", "delivery_outlet", "bank"),
    Card: ("bank",),
    LossReport: ("receipt", "card__bank"),
    FollowUp: ("outlet__bank",),
}


def find_subject(task: Task, holder: Cardholder, key: uuid.UUID) -> Any | None:
    """The thing of this person that the action is about, or None."""
    for model in task.subjects:
        if model is Cardholder:
            if key == holder.pk:
                return holder
            continue
        found = model.objects.of(holder).select_related(*_RELATED[model]).filter(pk=key).first()
        if found is not None:
            return found
    return None


def state_of(subject: Any) -> str:
    """What the page shows of the subject's state, so that a form filled in later is known to be stale."""
    if isinstance(subject, Application):
        certificate = getattr(subject, "certificate", None)
        return f"{subject.stage}/{subject.stop}/{certificate.paper_id if certificate else ''}"
    if isinstance(subject, LossReport):
        return f"{subject.status}/{subject.receipt.issue}"
    if isinstance(subject, Card):
        return subject.social_status
    if isinstance(subject, FollowUp):
        return subject.outcome
    return str(Application.objects.of(subject).count())


def carry_out(task: Task, form: forms.DeedForm, actor: Actor) -> str:
    """Call the one service of a task; refused when the state is no longer the one the clerk saw.

    The person's row is held, so the comparison and the service see the same state. Where the service itself refuses,
    its reason says more than "changed meanwhile", so about cards and reports it speaks first.
    """
    matter = form.matter
    with transaction.atomic():
        Cardholder.objects.select_for_update(no_key=True).get(pk=matter.holder.pk)
        subject = find_subject(task, matter.holder, matter.subject.pk)
        stale = form.cleaned_data["seen"] != state_of(subject)
        if stale and isinstance(subject, Application | Cardholder):
            raise ChangedMeanwhile()
        paper = task.run(subject, actor, form)
        if stale:
            raise ChangedMeanwhile()
    return paper
