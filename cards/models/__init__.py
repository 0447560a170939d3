"""The tables of cards; what one row or table can promise is a constraint."""

from cards.models.agents import AgentAct
from cards.models.answers import Answer
from cards.models.applications import Application
from cards.models.calls import CallerEnquiry, DeskCall
from cards.models.cards import Card, CardNumberIndex
from cards.models.counters import Counter
from cards.models.exports import Export, ExportDownload
from cards.models.follow_ups import FollowUp
from cards.models.incidents import IncidentNote
from cards.models.intake import IntakeFile, IntakeLine
from cards.models.ledger import AccessRecord, Event, EventDetail
from cards.models.losses import Cancellation, LossReport, Replacement
from cards.models.monthly_times import MonthlyTime
from cards.models.notices import Notice, NoticeConsent
from cards.models.outlets import Bank, Outlet, SpecialHours
from cards.models.papers import CardCertificate, PaperNumber
from cards.models.people import Cardholder, IdNumberIndex, StaffProfile
from cards.models.rule_data import Forecast, OfficeDay, RuleSet, RuleSetStep, StageStandard
from cards.models.second_looks import Amendment, Dispute, Merge, Override, SentForm
from cards.models.situations import SituationTable
from cards.models.wechat import AnsweredMessage, OpenIdIndex, WechatBinding

__all__ = [
    "AccessRecord",
    "AgentAct",
    "Amendment",
    "Answer",
    "AnsweredMessage",
    "Application",
    "Bank",
    "CallerEnquiry",
    "Cancellation",
    "Card",
    "CardCertificate",
    "CardNumberIndex",
    "Cardholder",
    "Counter",
    "DeskCall",
    "Dispute",
    "Event",
    "EventDetail",
    "Export",
    "ExportDownload",
    "FollowUp",
    "Forecast",
    "IdNumberIndex",
    "IncidentNote",
    "IntakeFile",
    "IntakeLine",
    "LossReport",
    "Merge",
    "MonthlyTime",
    "Notice",
    "NoticeConsent",
    "OfficeDay",
    "OpenIdIndex",
    "Outlet",
    "Override",
    "PaperNumber",
    "Replacement",
    "RuleSet",
    "RuleSetStep",
    "SentForm",
    "SituationTable",
    "SpecialHours",
    "StaffProfile",
    "StageStandard",
    "WechatBinding",
]
