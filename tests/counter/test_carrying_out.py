"""What is held, and found again, while the one service of a form runs."""

import dataclasses
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cards.desk.tasks import TASKS, carry_out
from cards.errors import ChangedMeanwhile
from cards.models import Application
from cards.vocabulary import Action
from tests import factories as f
from tests import later

pytestmark = pytest.mark.django_db


def form_about(holder: Any, subject: Any) -> Any:
    """As much of a form that was sent as carrying it out reads before the service."""
    return SimpleNamespace(
        matter=SimpleNamespace(holder=holder, subject=subject),
        cleaned_data={"key": uuid.uuid4(), "seen": ""},
        content=lambda: "what was filled in",
    )


def test_a_merge_holds_both_records_at_once_in_the_order_everybody_keeps() -> None:
    """Whoever held one of them first could wait for a result file that waits for it."""
    request = later.merge()
    task = dataclasses.replace(TASKS[Action.GRANT], run=lambda subject, actor, form: "")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        carry_out(task, form_about(request.holder, request), later.supervisor())
    holding = next(query["sql"] for query in seen if 'FROM "cards_cardholder"' in query["sql"])
    keys = (request.holder_id, request.other_id)
    assert all(str(key) in holding or key.hex in holding for key in keys)
    assert 'ORDER BY "cards_cardholder"."id"' in holding


def test_a_form_about_what_went_to_another_record_is_told_that_something_changed() -> None:
    application = f.first_application()
    Application.objects.filter(pk=application.pk).update(holder=f.holder())
    with pytest.raises(ChangedMeanwhile):
        carry_out(TASKS[Action.CHECK], form_about(application.holder, application), f.at_office())
