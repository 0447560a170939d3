"""The tables of cards; what one row or table can promise is a constraint."""

from cards.models.answers import Answer
from cards.models.applications import Application
from cards.models.cards import Card, CardNumberIndex
from cards.models.counters import Counter
from cards.models.ledger import AccessRecord, Event, EventDetail
from cards.models.losses import Cancellation, LossReport, Replacement
from cards.models.outlets import Bank, Outlet
from cards.models.papers import CardCertificate, PaperNumber
from cards.models.people import Cardholder, IdNumberIndex, StaffProfile
from cards.models.rule_data import Forecast, OfficeDay, RuleSet, RuleSetStep, StageStandard

__all__ = [
    "AccessRecord",
    "Answer",
    "Application",
    "Bank",
    "Cancellation",
    "Card",
    "CardCertificate",
    "CardNumberIndex",
    "Cardholder",
    "Counter",
    "Event",
    "EventDetail",
    "Forecast",
    "IdNumberIndex",
    "LossReport",
    "OfficeDay",
    "Outlet",
    "PaperNumber",
    "Replacement",
    "RuleSet",
    "RuleSetStep",
    "StaffProfile",
    "StageStandard",
]
