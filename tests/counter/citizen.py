"""What the citizen reads about a case now, and the people who come along."""

from cards.answers import answer_application, answer_card
from cards.models import Application, Card, LossReport
from tests import factories


def told(application: Application) -> str:
    """The title a citizen reads now, in the language of the source."""
    from django.utils import timezone, translation

    application = Application.objects.get(pk=application.pk)
    with translation.override("en"):
        return answer_application(application, full=True, now=timezone.now()).title


def told_of(card: Card) -> list[str]:
    """The titles of the ledgers and reports of a card as a citizen reads them."""
    from django.utils import timezone, translation

    card = Card.objects.select_related("bank").get(pk=card.pk)
    reports = list(LossReport.objects.of(card.holder).newest_first())
    with translation.override("en"):
        answer = answer_card(card, reports, timezone.now())
    return [ledger.title for ledger in answer.ledgers] + [report.title for report in answer.reports]


def agent() -> dict[str, str]:
    """An agent who is of age."""
    return {"agent_name": "李四", "agent_id_number": factories.synthetic_id_number()}
