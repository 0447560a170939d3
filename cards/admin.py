"""Brings the counter's pages to the admin; everything about them lives in cards.channels.counter."""

from cards.channels.counter import lists, office, people, rule_sets

__all__ = ["lists", "office", "people", "rule_sets"]
