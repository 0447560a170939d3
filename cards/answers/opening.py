"""How the hotline and the outlets stand at a moment, and which of them come first; for every door that names some."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from cards.hours import Plan, State, read_week, state_at
from cards.models import Outlet
from cards.models.rule_data import office_days


def hotline_state(now: datetime) -> State:
    """Whether somebody answers the hotline; asks no database."""
    return state_at(Plan(read_week(settings.HOTLINE_HOURS), {}, settings.HOTLINE_ON_HOLIDAYS), now)


def state_of(outlet: Outlet, now: datetime) -> State | None:
    """Whether an outlet is open; None where only a remark says when."""
    plan = outlet.plan(office_days())
    return state_at(plan, now) if plan else None


def soonest_first(outlets: Sequence[Outlet], now: datetime) -> list[Outlet]:
    """The open ones first, then by when they open next; of equals the order stays."""

    def order(outlet: Outlet) -> tuple[bool, float]:
        state = state_of(outlet, now)
        opens = state.opens.timestamp() if state and state.opens else float("inf")
        return not (state and state.open), opens

    return sorted(outlets, key=order)
