"""What every test of result files starts from: the shipped rules and groups, and nothing remembered."""

from tests.counter.conftest import clerk, desk_of, hotline, office, supervisor

__all__ = ["clerk", "desk_of", "hotline", "office", "supervisor"]
