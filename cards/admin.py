"""Brings the counter's pages to the admin; everything about them lives in cards.channels.counter."""

from cards.channels.counter import lists, office, people, result_files, rule_sets, supervision

__all__ = ["lists", "office", "people", "result_files", "rule_sets", "supervision"]
