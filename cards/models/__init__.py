"""The tables of cards; what one row or table can promise is a constraint."""

from cards.models.answers import Answer
from cards.models.applications import Application
from cards.models.cards import Card, CardNumberIndex
from cards.models.counters import Counter
from cards.models.follow_ups import FollowUp
from cards.models.ledger import AccessRecord, Event, EventDetail
from cards.models.losses import Cancellation, LossReport, Replacement
from cards.models.outlets import Bank, Outlet
from cards.models.papers import CardCertificate, PaperNumber
from cards.models.people import Cardholder, IdNumberIndex, StaffProfile
from cards.models.rule_data import Forecast, OfficeDay, RuleSet, StageStandard
from cards.models.second_looks import Amendment, Dispute, Merge, Override, SentForm

__all__ = [
    "AccessRecord",
    "Amendment",
    "Answer",
    "Application",
    "Bank",
    "Cancellation",
    "Card",
    "CardCertificate",
    "CardNumberIndex",
    "Cardholder",
    "Counter",
    "Dispute",
    "Event",
    "EventDetail",
    "FollowUp",
    "Forecast",
    "IdNumberIndex",
    "LossReport",
    "Merge",
    "OfficeDay",
    "Outlet",
    "Override",
    "PaperNumber",
    "Replacement",
    "RuleSet",
    "SentForm",
    "StaffProfile",
    "StageStandard",
]
