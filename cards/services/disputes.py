"""A card shown as collected that the person does not have: lock it, examine it, decide it."""

from cards import workflow
from cards.actors import Actor, Proof
from cards.errors import NotPossibleNow, Refusal
from cards.models import Application, Card, Dispute
from cards.models.rule_data import office_days
from cards.office_vocabulary import Verdict
from cards.services import proof
from cards.services.applications import open_application, telling
from cards.services.card_status import change_social
from cards.services.deed import Deed
from cards.services.opening import deed
from cards.services.second_looks import reason_given, settle
from cards.staff_errors import DisputedAlready, DisputedCardBeingReplaced
from cards.vocabulary import Action, ApplicationKind, EventKind, FeeExemption, IssueMethod

_VERDICTS = {Action.CONFIRM_NOT_RECEIVED: Verdict.GRANTED, Action.CONFIRM_HANDED_OVER: Verdict.DECLINED}


def against_disputing(application: Application) -> Refusal | None:
    """What stands in the way of examining whether this card was received; the same for the button and for the act."""
    if application.stage not in workflow.DISPUTABLE or application.card is None:
        return NotPossibleNow(state=application.get_stage_display())
    if hasattr(application, "dispute"):
        return DisputedAlready()
    # A card that was reported lost, replaced or voided since was in somebody's hands.
    if application.card.social_status not in workflow.CARD_STEPS[Action.DISPUTE][0]:
        return NotPossibleNow(state=application.card.get_social_status_display())
    others = Application.objects.of(application.holder_id).open()
    return DisputedCardBeingReplaced() if others.filter(replaced_card=application.card_id).exists() else None


def dispute_collection(application: Application, *, actor: Actor, evidence: Proof, reason: str) -> Dispute:
    """Record that the person does not have the card shown as collected; it is locked until that is decided."""
    with deed(application.holder_id, actor) as act:
        remembered = proof.check(act, Action.DISPUTE, evidence, application)
        application.refresh_from_db()
        if obstacle := against_disputing(application):
            raise obstacle
        card = Card.objects.get(pk=application.card_id, holder=act.holder)  # type: ignore[misc]  # collected: there is one
        before = card.social_status
        change_social(act, card, Action.DISPUTE)
        dispute = Dispute.objects.create(
            holder=act.holder,
            application=application,
            card=card,
            card_status_before=before,
            decide_by=act.book.dispute_deadline(act.today, office_days()),
            asked_by=actor.user,
            asked_at=act.now,
            reason=reason_given(reason),
        )
        act.record(EventKind.DISPUTED, application, **telling(remembered))
    return dispute


def decide_dispute(dispute: Dispute, action: Action, *, actor: Actor, reason: str) -> Application | None:
    """Decide by a second person: the card was handed over and works again, or it is void and a new one is made.

    The new card costs nothing; its application is returned.
    """
    with deed(dispute.holder_id, actor) as act:
        proof.office_only(act, action)
        settle(act, dispute, _VERDICTS[action], reason_given(reason))
        card = Card.objects.get(pk=dispute.card_id, holder=act.holder)
        change_social(act, card, action, dispute.card_status_before)
        again = _make_again(act, dispute, card) if action == Action.CONFIRM_NOT_RECEIVED else None
        act.record(EventKind.DISPUTE_DECIDED, dispute.application, dispute.verdict, reason=reason.strip())
    return again


def _make_again(act: Deed, dispute: Dispute, card: Card) -> Application:
    earlier = dispute.application
    # The earlier outlet may have given up handing cards over since; then it is the one where this was decided.
    before = earlier.delivery_outlet
    outlet = before if before.hands_over and not before.closed_for_good else act.outlet
    return open_application(
        act,
        kind=ApplicationKind.REPLACEMENT,
        card_type=card.card_type,
        delivery_outlet=outlet,
        method=IssueMethod.FACTORY,
        bank=card.bank,
        replaced_card=card,
        exchange_reason="",
        fee_exemption=FeeExemption.NOT_RECEIVED,
        remembered={},
        activation_needed=earlier.activation_needed,
    )
