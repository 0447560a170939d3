"""Cases in every state the tables know, made by the office's own steps."""

from cards import services, workflow
from cards.models import Application, Card
from cards.vocabulary import Action, Party, Stage, StopReason
from tests import factories

REASON = "K-7"


def states() -> list[tuple[Stage, str]]:
    """Every stage with every reason for which the clock may stand in it, and with a running clock."""
    found: list[tuple[Stage, str]] = []
    for stage in Stage:
        if stage != Stage.FEE_DUE:
            found.append((stage, ""))
        found += [(stage, reason.value) for reason, stages in workflow.STOPS.items() if stage in stages]
    return found


def case_at(stage: Stage, stop: str = "") -> Application:
    """A replacement made at the special window, whose route has every stage, taken to a state."""
    window = factories.OutletFactory()
    report = factories.written_report(actor=factories.at_counter(window))
    replacement = services.replace_card(
        report,
        delivery_outlet=factories.OutletFactory(of_bank=True, bank=report.card.bank),
        actor=factories.at_counter(window),
        evidence=factories.everything(),
    )
    application = replacement.application
    endings = {action: (sources, end) for action, (sources, end) in workflow.ENDINGS.items()}
    ending = next((action for action, (_sources, end) in endings.items() if end == stage), None)
    if ending:
        first = next(s for s in application.route.stages if s in endings[ending][0])
        _end(factories.walk_to(application, first), ending)
    else:
        factories.walk_to(application, stage)
    if stop and stop != StopReason.FEE_UNPAID:
        services.stop_clock(application, stop, actor=factories.at_office())
    application.refresh_from_db()
    assert (application.stage, application.stop) == (stage, stop)
    return application


def _end(application: Application, action: Action) -> None:
    party = Party.HOLDER if action == Action.WITHDRAW else Party.OFFICE
    services.advance(
        application, action, actor=factories.at_counter(party=party), evidence=factories.everything(), reason=REASON
    )


def secrets_of(application: Application) -> set[str]:
    """Everything about a case that the number alone must not open."""
    holder, outlets = application.holder, (application.delivery_outlet, application.accepted_outlet)
    named = {
        getattr(row, f"{field}_{language}")
        for row in outlets
        for field in ("name", "address", "hours")
        for language in ("zh", "en")
    }
    cards = Card.objects.of(holder)
    return (
        named
        | {application.bank.name_zh, application.bank.name_en, application.receipt.number, holder.name}
        | {holder.id_number, holder.phone, REASON, application.receipt.query_code, str(holder.pk), str(application.pk)}
        | {card.card_number for card in cards}
        | {f"number ending in {card.last_four}" for card in cards}
        | {outlets[0].phone, application.bank.hotline}
    )
