"""What the worker does by the clock; every job may be run at any time, any number of times, by several workers."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from cards import forecast, intake, services
from cards.delivery import outbox, reminders
from cards.models import (
    AccessRecord,
    AgentAct,
    Answer,
    AnsweredMessage,
    Application,
    Counter,
    NoticeConsent,
    PaperNumber,
)
from cards.models.agents import KEPT
from cards.services import sent_forms
from cards.supervision.overdue import OverdueRule

EACH_ROUND, HOURLY = 0.0, 3600.0
BATCH = 500
INTAKE_SECONDS = 20.0
SENDING_SECONDS = 20.0
# The database refuses to remove a record before its day, by its own clock, which may be a little behind.
GRACE = timedelta(minutes=1)
# A message is taken for five minutes before and after the moment it names.
ANSWERED_KEPT = timedelta(minutes=15)


@dataclass(frozen=True)
class Job:
    """A name for the log, seconds between two runs, and the deed, which says how much it did."""

    name: str
    every: float
    run: Callable[[], int]


def lapse_oral_reports() -> int:
    """Let the oral reports lapse whose moment has come."""
    return _until_done(services.lapse_due)


def recall_uncollected() -> int:
    """Recall the cards whose collection deadline has passed."""
    return _until_done(services.recall_due)


def erase_whose_time_is_over() -> int:
    """Erase the people whose time of keeping is over."""
    return _until_done(services.erase_due)


def _until_done(deed: Callable[[datetime, int], int]) -> int:
    """Repeat a deed that does a bounded number at a time; one that gets nowhere is left to the next round."""
    total = 0
    while True:
        done = deed(timezone.now(), BATCH)
        total += done
        if done < BATCH:
            return total


def remove_old_follow_ups() -> int:
    """Remove call-backs and visits long after their day."""
    return _until_done(services.forget_old_follow_ups)


def draw_forecasts() -> int:
    """Draw the forecasts anew."""
    return forecast.recompute(timezone.now())


def draw_months() -> int:
    """Draw the months that are over and not drawn yet."""
    return forecast.draw_months(timezone.now())


def remove_old_access_records() -> int:
    """Remove the access records that are kept no longer, a few at a time so that nobody waits."""
    total = 0
    while True:
        old = AccessRecord.objects.filter(keep_until__lte=timezone.now() - GRACE).order_by("keep_until")
        keys = list(old.values_list("pk", flat=True)[:BATCH])
        removed, _by_model = AccessRecord.objects.filter(pk__in=keys).delete()
        total += removed
        if len(keys) < BATCH:
            return total


def remove_old_answers() -> int:
    """Erase the answers that are kept no longer, with their numbers, a few at a time."""
    total = 0
    while True:
        old = Answer.objects.filter(keep_until__lte=timezone.now()).order_by("keep_until")
        numbers = list(old.values_list("paper_id", flat=True)[:BATCH])
        with transaction.atomic():
            Answer.objects.filter(paper__in=numbers).delete()
            PaperNumber.objects.filter(pk__in=numbers).delete()
        total += len(numbers)
        if len(numbers) < BATCH:
            return total


def record_result_files() -> int:
    """Record confirmed result files for a while; what is left comes in the next round, after the other jobs."""
    return intake.record_for(INTAKE_SECONDS)


def remove_old_result_lines() -> int:
    """Remove the lines of result files that are kept no longer."""
    return intake.remove_old(timezone.now())


def remove_old_counters() -> int:
    """Remove the counters whose window has ended."""
    removed, _by_model = Counter.objects.filter(expires__lte=time.time()).delete()
    return removed


def remove_old_agent_acts() -> int:
    """Remove the traces of agents that count no longer."""
    removed, _by_model = AgentAct.objects.filter(at__lte=timezone.now() - KEPT).delete()
    return removed


def end_old_bindings() -> int:
    """End the bindings of WeChat accounts whose time is over."""
    return _until_done(services.end_old_bindings)


def remove_answered_messages() -> int:
    """Remove what was answered in WeChat so long ago that no message of then is taken any more."""
    removed, _by_model = AnsweredMessage.objects.filter(at__lte=timezone.now() - ANSWERED_KEPT).delete()
    return removed


def forget_old_calls() -> int:
    """Remove what was kept of calls for the officers' desks."""
    return services.forget_old_calls(timezone.now())


def remove_sent_forms() -> int:
    """Remove the keys of forms that nobody will send again."""
    return _until_done(sent_forms.forget_sent)


def send_notices() -> int:
    """Send what is due for a while; what is left comes in the next round, after the other jobs."""
    return outbox.send_for(SENDING_SECONDS)


def remind_of_lapses() -> int:
    """Owe a notice to those whose oral report lapses tomorrow."""
    return services.remind_of_lapses(timezone.now())


def remind_of_recalls() -> int:
    """Owe a notice to those whose card is recalled soon."""
    return services.remind_of_recalls(timezone.now())


def remind_of_delays() -> int:
    """Owe a notice to those whose card is late."""
    now = timezone.now()
    if not NoticeConsent.objects.in_force().exists():
        return 0
    return reminders.remind_of_delays(Application.objects.filter(OverdueRule.at(now).condition), now)


def remove_old_notices() -> int:
    """Remove the notices that are kept no longer, with their numbers."""
    return _until_done(services.forget_old_notices)


JOBS = (
    Job("oral reports lapsed", EACH_ROUND, lapse_oral_reports),
    Job("uncollected cards recalled", EACH_ROUND, recall_uncollected),
    Job("lines of result files recorded", EACH_ROUND, record_result_files),
    Job("people reminded of a lapse", HOURLY, remind_of_lapses),
    Job("people reminded of a recall", HOURLY, remind_of_recalls),
    Job("forecasts drawn", HOURLY, draw_forecasts),
    Job("months drawn", HOURLY, draw_months),
    Job("people told of a delay", HOURLY, remind_of_delays),
    Job("notices settled", EACH_ROUND, send_notices),
    Job("old access records removed", HOURLY, remove_old_access_records),
    Job("old answers erased", HOURLY, remove_old_answers),
    Job("old lines of result files removed", HOURLY, remove_old_result_lines),
    Job("people erased", HOURLY, erase_whose_time_is_over),
    Job("old counters removed", HOURLY, remove_old_counters),
    Job("old traces of agents removed", HOURLY, remove_old_agent_acts),
    Job("old call-backs and visits removed", HOURLY, remove_old_follow_ups),
    Job("old notices removed", HOURLY, remove_old_notices),
    Job("bindings of WeChat accounts ended", HOURLY, end_old_bindings),
    Job("answered messages removed", EACH_ROUND, remove_answered_messages),
    Job("old calls forgotten", HOURLY, forget_old_calls),
    Job("sent forms forgotten", HOURLY, remove_sent_forms),
)


def all_jobs() -> list[Job]:
    """The jobs of the cards and those that other apps declare with `by_the_clock`; no app imports another for it."""
    declaring = (config for config in apps.get_app_configs() if hasattr(config, "by_the_clock"))
    return [*JOBS, *(Job(*entry) for config in declaring for entry in config.by_the_clock())]
