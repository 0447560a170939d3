"""Builds the demonstration in one transaction, so that it is there whole or not at all."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from cards import enquiry, forecast, id_number
from cards.actors import Actor, Proof
from cards.management import shipped_rules, staff_groups
from cards.management.demonstration import courses, past_year, places, result_file
from cards.management.demonstration.clock import WorkingDays, at
from cards.management.demonstration.life import World
from cards.management.demonstration.people import People
from cards.models import LossReport
from cards.office_vocabulary import FollowUpReason
from cards.rules import china_day
from cards.services import choose_notices, lapse_due, promise_call_back, refer_to_outlet
from cards.vocabulary import AccessPurpose, Channel, Evidence, LossStatus, Party

# The oldest course begins about this many working days ago.
REACH = 260
# A demonstration this large also has a past, which takes some seconds.
WITH_A_PAST = 60
ADULT = 18
Tick = Callable[[], None]


def build(holders: int, seed: int, tick: Tick = lambda: None) -> None:
    """Make banks, outlets, staff accounts and people; calls `tick` after each person."""
    now = timezone.now()
    with transaction.atomic():
        shipped_rules.load(shipped_rules.read())
        staff_groups.load()
        world = _world(now, seed)
        for place in range(holders):
            _course(place)(world)
            tick()
        _let_lapse(now)
        _look_around(world)
        result_file.hand_in(world)
        _ask_to_be_told(world)
        _agree_on_the_phone(world)
        if holders >= WITH_A_PAST:
            past_year.build(world)
        forecast.recompute(now)
        forecast.draw_months(now)


def _world(now: datetime, seed: int) -> World:
    # Chance without secrets: the same seed must give the same people.
    rng = random.Random(seed)  # noqa: S311
    people = People(rng, china_day(now))
    return World(places.build(), people, WorkingDays(now, REACH), rng, now)


def _course(place: int) -> courses.Course:
    """The course of the person at this place: one of each kind first, then finished cards, which forecasts need."""
    if place < len(courses.EVERY_KIND):
        return courses.EVERY_KIND[place]
    surplus = place - len(courses.EVERY_KIND)
    if surplus % 10 == 0:
        return courses.EVERY_KIND[surplus // 10 % len(courses.EVERY_KIND)]
    return courses.FINISHED[surplus % 2]


def _let_lapse(now: datetime) -> None:
    """Let the old oral reports lapse at their moment, as the worker would have done."""
    due = LossReport.objects.filter(status=LossStatus.STANDING, lapses_at__lte=now).order_by("lapses_at")
    for moment in filter(None, list(due.values_list("lapses_at", flat=True))):
        with at(moment):
            lapse_due(moment)


def _agree_on_the_phone(world: World) -> None:
    """Promise some calls and send some people to a window, so that the first pages of both desks have their lists."""
    officer = Actor(Party.OFFICE, Channel.HOTLINE, world.city.staff["hotline"])
    about = ((FollowUpReason.PROGRESS, "下午方便接听"), (FollowUpReason.STOPPED, ""), (FollowUpReason.COLLECTION, ""))
    for holder, (reason, note) in zip(world.holders, about, strict=False):
        promise_call_back(holder, reason=reason, days=1, note=note, actor=officer)
    for holder, outlet in zip(world.holders[3:], world.city.outlets[:2], strict=False):
        refer_to_outlet(holder, outlet=outlet, reason=FollowUpReason.LOSS, days=1, actor=officer)


def _ask_to_be_told(world: World) -> None:
    """Half of the people want to be told; what happens to them from now on goes to the file of notices."""
    clerk = Actor(Party.HOLDER, Channel.COUNTER, world.city.staff["clerk"], world.city.special_window)
    seen = Proof(frozenset(Evidence))
    for place, holder in enumerate(world.holders):
        if place % 2 == 0 and holder.phone and id_number.age_on(holder.id_number, china_day(world.now)) >= ADULT:
            language = "en" if place % 8 == 6 else "zh-hans"
            choose_notices(holder, {"sms": True}, language=language, actor=clerk, evidence=seen)


def _look_around(world: World) -> None:
    """Leave access records, so that a person sees who looked: themselves, the hotline, the counter."""
    citizen = Actor(Party.HOLDER, Channel.WEB)
    hotline = Actor.for_holder(world.city.staff["hotline"], Channel.HOTLINE)
    supervisor = Actor.office(world.city.staff["supervisor"], world.city.special_window)
    for place, holder in enumerate(world.holders[:20]):
        with at(world.now - timedelta(hours=3 + place)):
            # Each from a network of its own out of the documentation range, so that no limit is touched.
            enquiry.look_up(enquiry.Question(holder.id_number), network=f"192.0.2.{place + 1}", actor=citizen)
        with at(world.now - timedelta(hours=1 + place, minutes=20)):
            if place % 3 == 0:
                enquiry.staff_find(holder.id_number, actor=hotline)
            if place % 7 == 0:
                enquiry.record_staff_look(
                    holder,
                    holder.id_number,
                    actor=supervisor,
                    purpose=AccessPurpose.STAFF_FULL_VIEW,
                    reason="核对补卡申请材料",
                )
