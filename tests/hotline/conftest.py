"""The same staff at their desks as at the counter."""

from tests.counter.conftest import clerk, desk_of, hotline, office, supervisor

__all__ = ["clerk", "desk_of", "hotline", "office", "supervisor"]
