"""Rows put straight into any state, past the services, so that the services can be compared with the tables."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from cards import paper_number, sealing, workflow
from cards.models import Application, CardCertificate, Cardholder, PaperNumber
from cards.vocabulary import CardType, IssueMethod, PaperKind, Stage
from tests import factories

# Every pair of stage and stop that a row may hold.
STAGES_AND_STOPS = [
    (stage, stop)
    for stage in Stage
    for stop in ("", *workflow.STOPS)
    if (stage in workflow.STOPS[stop] if stop else stage != Stage.FEE_DUE)
]


def paper(of: Cardholder, kind: int = PaperKind.RECEIPT) -> PaperNumber:
    """A paper in force."""
    return PaperNumber.objects.create(
        number=paper_number.new_paper_number(str(int(kind))),
        kind=kind,
        holder=of,
        code_key_id=sealing.current_index_key_id(),
        made_at=timezone.now(),
    )


def certificate_of(application: Application) -> CardCertificate:
    """A card certificate in force for an application."""
    return CardCertificate.objects.create(
        holder=application.holder,
        application=application,
        paper=paper(application.holder, PaperKind.CERTIFICATE),
        outlet=application.delivery_outlet,
        earliest_on=timezone.now().date(),
        issued_at=application.accepted_at,
    )


def application_in(route: workflow.Route, stage: str, stop: str = "", *, of: Cardholder, **given: Any) -> Application:
    """An application of this route that stands in this stage, with the history that led there.

    Of somebody else when this person has one of the kind open already: nobody has two.
    """
    since = timezone.now() - timedelta(hours=1)
    outlet = given.pop("outlet", None) or factories.OutletFactory()
    row: dict[str, Any] = {
        "holder": of,
        "kind": "first",
        "method": route.method,
        "card_type": CardType.FINANCIAL_BLUE if route.financial else CardType.ORDINARY_BLUE,
        "bank": factories.BankFactory() if route.financial else None,
        "receipt": paper(of),
        "accepted_outlet": outlet,
        "delivery_outlet": outlet,
        "stage": stage,
        "stage_since": since,
        "stop": stop,
        "accepted_at": since,
        "fee_yuan": 20 if route.fee_due else 0,
        "activation_needed": route.activation_needed,
        "rule_version": "2026-default",
        "history": history_to(route, stage, stop, since),
    }
    if stage in (Stage.READY, Stage.COLLECTED, Stage.ACTIVATED, Stage.RECALLED):
        row |= {"ready_at": since, "collect_by": since.date() + timedelta(days=180)}
    if stage in (Stage.COLLECTED, Stage.ACTIVATED):
        financial = {"card_type": row["card_type"], "bank": row["bank"]}
        row["card"] = factories.card(of, **(financial if route.financial else {"card_type": row["card_type"]}))
    row |= given
    rivals = (
        Application.objects.of(of)
        .open()
        .rivals(row["kind"], row["card_type"], getattr(row.get("replaced_card"), "pk", None))
    )
    if stage in workflow.OPEN and rivals.exists():
        row["holder"] = factories.holder()
        row["receipt"] = given.get("receipt") or paper(row["holder"])
    return Application.objects.create(**row)


def history_to(route: workflow.Route, stage: str, stop: str, since: Any) -> list[list[str]]:
    """The entries on the way to a stage, and the stop that stands."""
    way = list(route.stages)
    passed = way[: way.index(Stage(stage)) + 1] if stage in way else [Stage.ACCEPTED, Stage(stage)]
    entries = [["stage", str(one), since.isoformat()] for one in passed]
    return entries + ([["stop", str(stop), since.isoformat()]] if stop else [])


PLAIN = workflow.Route(IssueMethod.FACTORY, financial=True, fee_due=False, activation_needed=False)


def changed(row: models.Model, **values: object) -> models.Model:
    for name, value in values.items():
        setattr(row, name, value)
    return row


def copied(row: models.Model, **values: object) -> models.Model:
    """The same row once more under another key."""
    row = changed(row, **values)
    row.pk = row._meta.pk.get_default() if row._meta.pk.has_default() else None
    row._state.adding = True
    return row
