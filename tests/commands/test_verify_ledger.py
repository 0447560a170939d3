"""verify_ledger: whatever somebody above the database changed is named."""

import pytest
from django.core.management.base import CommandError
from django.db import connection

from cards.management import ledger_check
from cards.models import Event, EventDetail
from cards.models.protection import lifted_triggers
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(rules_in_force):
    """A holder with some events, between two others."""
    factories.oral_report()
    report = factories.oral_report()
    factories.written_report(report.card)
    factories.oral_report()
    return list(Event.objects.of(report.holder_id).in_order())


@pytest.fixture
def tamper(chain):
    """Change rows as someone could who is above the database."""

    def change(model, pk, **changes):
        connection.check_constraints()
        with lifted_triggers():
            if changes:
                model.objects.filter(pk=pk).update(**changes)
            else:
                EventDetail.objects.filter(event_id=pk).delete()
                model.objects.filter(pk=pk).delete()

    return change


def fails(run, *arguments):
    """The first fault and the verdict."""
    with pytest.raises(CommandError, match="broken"):
        run("verify_ledger", *arguments)
    walk = ledger_check.Walk()
    list(walk.heads())
    return walk.faults


def test_an_untouched_ledger_is_whole(chain, run):
    assert f"{Event.objects.count()} events in 3 chains" in run("verify_ledger")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "stage_reached"),
        ("at", "2026-01-01T00:00:00Z"),
        ("subject", "card:other"),
        ("value", "normal"),
        ("party", "system"),
        ("channel", "web"),
        ("user_id", None),
        ("rule_version", "other"),
        ("detail_digest", "0" * 64),
        ("digest", "0" * 64),
        ("previous", "0" * 64),
    ],
)
def test_a_changed_field_is_named_by_holder_and_number(chain, tamper, run, field, value):
    tamper(Event, chain[2].pk, **{field: value})
    faults = fails(run)
    assert [(fault.holder, fault.seq) for fault in faults] == [(chain[2].holder_id, 3)]


def test_a_removed_event_is_named(chain, tamper, run):
    tamper(Event, chain[1].pk)
    (fault,) = fails(run)
    assert (fault.seq, fault.what) == (3, "event 2 should stand here")


def test_a_changed_row_whose_digest_was_made_to_fit_breaks_the_next_one(chain, tamper, run):
    changed = chain[1]
    changed.value = "normal"
    tamper(Event, changed.pk, value="normal", digest=changed.computed_digest())
    (fault,) = fails(run)
    assert (fault.seq, fault.what) == (3, "it does not follow from the event before it")


def test_an_exchanged_detail_is_named(chain, tamper, run):
    detail = EventDetail.objects.get(event=chain[2])
    tamper(EventDetail, detail.pk, text=EventDetail.text.sealed('{"evidence": []}', detail))
    (fault,) = fails(run)
    assert (fault.seq, fault.what) == (3, "its detail was exchanged")


def test_a_detail_moved_from_another_event_is_named(chain, tamper, run):
    blob = EventDetail.objects.filter(event=chain[0]).values_list("text", flat=True).get()
    tamper(EventDetail, EventDetail.objects.get(event=chain[2]).pk, text=blob)
    (fault,) = fails(run)
    assert (fault.seq, fault.what) == (3, "its detail was changed")


def test_an_erased_detail_is_no_fault(chain, run):
    EventDetail.objects.filter(event=chain[2]).delete()
    assert "whole" in run("verify_ledger")


def test_a_missing_key_is_named(chain, run, settings):
    settings.SEALING_KEYS = settings.SEALING_KEYS.split(",")[1]
    assert "test-2" in fails(run)[0].what


def test_a_cut_tail_shows_against_an_export_and_only_there(chain, tamper, run, tmp_path):
    heads = str(tmp_path / "heads.csv")
    assert "SHA-256" in run("verify_ledger", "--export", heads)
    assert "whole" in run("verify_ledger", "--against", heads)
    tamper(Event, chain[-1].pk)
    assert "whole" in run("verify_ledger")
    with pytest.raises(CommandError, match="1 of 3"):
        run("verify_ledger", "--against", heads)


def test_a_whole_chain_that_is_gone_shows_against_an_export(chain, tamper, run, tmp_path):
    heads = str(tmp_path / "heads.csv")
    run("verify_ledger", "--export", heads)
    for event in reversed(chain):
        tamper(Event, event.pk)
    with pytest.raises(CommandError, match="1 of 2"):
        run("verify_ledger", "--against", heads)


def test_a_chain_written_anew_shows_against_an_export(chain, tamper, run, tmp_path):
    heads = str(tmp_path / "heads.csv")
    run("verify_ledger", "--export", heads)
    last = chain[-1]
    last.value = "normal"
    tamper(Event, last.pk, value="normal", digest=last.computed_digest())
    assert "whole" in run("verify_ledger")
    with pytest.raises(CommandError, match="1 of 3"):
        run("verify_ledger", "--against", heads)


def test_events_after_an_export_are_no_fault(chain, run, tmp_path):
    heads = str(tmp_path / "heads.csv")
    run("verify_ledger", "--export", heads)
    factories.oral_report()
    assert "whole" in run("verify_ledger", "--against", heads)


def test_an_export_never_overwrites_a_file(chain, run, tmp_path):
    taken = tmp_path / "heads.csv"
    taken.write_text("earlier")
    with pytest.raises(CommandError, match="cannot be written"):
        run("verify_ledger", "--export", str(taken))
    assert taken.read_text() == "earlier"


@pytest.mark.parametrize("text", ["", "holder,seq,digest\nx,y,z\n", "other\n"])
def test_a_file_that_is_no_export_is_refused(chain, run, tmp_path, text):
    wrong = tmp_path / "heads.csv"
    wrong.write_text(text)
    with pytest.raises(CommandError, match="cannot be read"):
        run("verify_ledger", "--against", str(wrong))
