"""State -> the sentences a person gets: page, phone script, WeChat line, slip; the one source of wording."""

from cards.answers.application import ApplicationAnswer, answer_application, told_history
from cards.answers.card import CardAnswer, LossAnswer, answer_card, answer_report, social_status_at
from cards.answers.case import CaseAnswer, answer_case, answer_later, answer_one, told_accesses
from cards.answers.refusal import told_overtaking, told_refusal

__all__ = [
    "ApplicationAnswer",
    "CardAnswer",
    "CaseAnswer",
    "LossAnswer",
    "answer_application",
    "answer_card",
    "answer_case",
    "answer_later",
    "answer_one",
    "answer_report",
    "social_status_at",
    "told_accesses",
    "told_history",
    "told_overtaking",
    "told_refusal",
]
