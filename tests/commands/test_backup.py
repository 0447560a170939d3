"""backup and restore: whole or not at all, sealed as it lies, and verified on the way in."""

import gzip
import io
import json
import stat
import tarfile
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.utils import timezone

from cards.models import Card, Cardholder, Event
from cards.models.protection import lifted_triggers, trigger_names
from guidance import loading, pictures, search, shipped
from guidance.models import Picture
from portal import backup
from tests import factories
from tests.harness.environment import test_key as key

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "金丝雀"


@pytest.fixture
def portal_in_use(rules_in_force, settings, tmp_path):
    """Cases, guides, groups, an account, a picture; returns a person."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    call_command("load_groups", verbosity=0)
    loading.load(shipped.read())
    holder = factories.holder(name=CANARY)
    report = factories.oral_report(factories.card(holder))
    factories.walk_to(factories.first_application(holder), "producing")
    user = User.objects.create(username="clerk")
    user.groups.add(Group.objects.get(name="clerk"))
    pictures.add(b"RIFF of a card", 320, 200, alt_zh="卡", alt_en="Card", by=user)
    Session.objects.create(session_key="x", session_data="y", expire_date=timezone.now())
    return report.holder


@pytest.fixture
def empty_again(settings):
    """Make the database what it is right after `migrate`."""

    def flush():
        with lifted_triggers():
            call_command("flush", verbosity=0, interactive=False)
        for item in Path(settings.MEDIA_ROOT).rglob("*"):
            if item.is_file():
                item.unlink()

    return flush


def everything():
    """Every row of every table of a backup, as it lies there."""
    rows = {}
    for model in backup.tables():
        names = [column.attname for column in backup.columns(model)]
        found = model._base_manager.order_by("pk").values_list(*names)
        rows[model._meta.label] = [[backup.to_plain(value) for value in row] for row in found]
    # The search index is made anew, and pages ask for this version.
    rows.pop("guidance.ContentVersion")
    return rows


def test_everything_comes_back_as_it_lay(portal_in_use, run, empty_again, tmp_path, settings):
    file = str(tmp_path / "b.tar.gz")
    before, found_before = everything(), search.find("挂失")
    assert "The keys are not in it" in run("backup", file)
    empty_again()
    told = run("restore", file)
    assert "The ledger is whole" in told
    assert "The keys fit" in told
    assert everything() == before
    assert not Session.objects.exists()
    assert Client().get(Picture.objects.get().address).content == b"RIFF of a card"
    assert found_before
    assert {hit.article_id for hit in search.find("挂失")} == {hit.article_id for hit in found_before}


def test_after_a_restore_work_goes_on(portal_in_use, run, empty_again, tmp_path):
    number = portal_in_use.id_number
    run("backup", str(tmp_path / "b.tar.gz"))
    empty_again()
    run("restore", str(tmp_path / "b.tar.gz"))
    holder = Cardholder.objects.by_id_number(number)
    assert holder.name == CANARY
    assert User.objects.get(username="clerk").has_perm("cards.act_accept")
    factories.written_report(Card.objects.get(holder=holder))
    assert "whole" in run("verify_ledger")


def test_the_triggers_still_stand_after_a_restore(portal_in_use, run, empty_again, tmp_path):
    run("backup", str(tmp_path / "b.tar.gz"))
    empty_again()
    run("restore", str(tmp_path / "b.tar.gz"))
    with pytest.raises(Exception, match="append-only"):
        Event.objects.update(value="")
    table = {"sqlite": "sqlite_master WHERE type = 'trigger'", "postgresql": "pg_trigger WHERE NOT tgisinternal"}
    name = {"sqlite": "name", "postgresql": "tgname"}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name[connection.vendor]} FROM {table[connection.vendor]}")
        assert {row[0] for row in cursor.fetchall()} >= trigger_names(connection.vendor)


def test_no_plain_person_stands_in_a_backup_and_only_its_owner_reads_it(portal_in_use, run, tmp_path):
    file = tmp_path / "b.tar.gz"
    run("backup", str(file))
    plain = gzip.decompress(file.read_bytes())
    for value in (CANARY, portal_in_use.id_number, portal_in_use.phone, Card.objects.get().card_number):
        assert value.encode() not in plain
        assert json.dumps(value).strip('"').encode() not in plain
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_backup_never_overwrites_a_file_and_leaves_no_part_behind(portal_in_use, run, tmp_path, monkeypatch):
    file = tmp_path / "b.tar.gz"
    file.write_text("earlier")
    with pytest.raises(CommandError, match="exists already"):
        run("backup", str(file))
    assert file.read_text() == "earlier"
    file.unlink()

    def full(*_args):
        raise OSError("No space left on device")

    monkeypatch.setattr(backup, "_add", full)
    with pytest.raises(CommandError, match="No space left"):
        run("backup", str(file))
    assert not list(tmp_path.glob("b.tar.gz*"))


def test_a_database_with_anything_in_it_is_refused(portal_in_use, run, tmp_path):
    run("backup", str(tmp_path / "b.tar.gz"))
    before = everything()
    with pytest.raises(CommandError, match="not empty"):
        run("restore", str(tmp_path / "b.tar.gz"))
    assert everything() == before


def test_a_dry_run_says_it_would_work_and_changes_nothing(portal_in_use, run, empty_again, tmp_path):
    run("backup", str(tmp_path / "b.tar.gz"))
    empty_again()
    assert "may be restored here. Nothing was changed." in run("restore", str(tmp_path / "b.tar.gz"), dry_run=True)
    assert not Cardholder.objects.exists()


def rewrite(source, target, change):
    """Copy a backup, each member passed through `change(name, content)`."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            content = change(member.name, old.extractfile(member).read())
            if content is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda n, c: c[:-5] if "Cardholder" in n else c, "not what the manifest says"),
        (lambda n, c: None if "Cardholder" in n else c, "damaged"),
        (lambda n, c: b"other" if n.startswith("media/") else c, "not what the manifest says"),
        (lambda n, c: None if n == "manifest.json" else c, "not a whole backup"),
        (lambda n, c: c.replace(b'"format": 1', b'"format": 2'), "format"),
        (lambda n, c: c.replace(b"0002_protect_ledger", b"0002_other") if n == "manifest.json" else c, "version"),
        (lambda n, c: c.replace(b"pictures/", b"../pictures/") if n == "manifest.json" else c, "outside"),
    ],
    ids=["changed", "missing", "media", "no-manifest", "format", "version", "traversal"],
)
def test_a_damaged_or_foreign_file_is_refused(portal_in_use, run, empty_again, tmp_path, change, told):
    run("backup", str(tmp_path / "b.tar.gz"))
    rewrite(tmp_path / "b.tar.gz", tmp_path / "c.tar.gz", change)
    empty_again()
    with pytest.raises(CommandError, match=told):
        run("restore", str(tmp_path / "c.tar.gz"))
    assert not Cardholder.objects.exists()


def test_a_truncated_file_is_refused(portal_in_use, run, empty_again, tmp_path):
    file = tmp_path / "b.tar.gz"
    run("backup", str(file))
    file.write_bytes(file.read_bytes()[:-2000])
    empty_again()
    with pytest.raises(CommandError, match="not a whole backup"):
        run("restore", str(file))


def test_without_the_keys_of_its_day_nothing_is_restored(portal_in_use, run, empty_again, tmp_path, settings):
    run("backup", str(tmp_path / "b.tar.gz"))
    empty_again()
    settings.SEALING_KEYS = f"other:A256GCM:{key('other')}"
    with pytest.raises(CommandError, match=r"SEALING_KEYS|cannot be opened"):
        run("restore", str(tmp_path / "b.tar.gz"))
    assert not Cardholder.objects.exists()
    assert not User.objects.exists()


def test_a_ledger_that_was_broken_before_is_not_restored(portal_in_use, run, empty_again, tmp_path):
    with lifted_triggers():
        Event.objects.filter(seq=2).update(value="changed")
    run("backup", str(tmp_path / "b.tar.gz"))
    empty_again()
    with pytest.raises(CommandError, match="ledger in the backup is broken"):
        run("restore", str(tmp_path / "b.tar.gz"))
    assert not Cardholder.objects.exists()


def test_a_writer_does_not_wait_for_a_backup_and_is_not_in_it(portal_in_use):
    before = Cardholder.objects.count()
    with backup.snapshot():
        assert Cardholder.objects.count() == before
        _in_another_connection(lambda: factories.holder())
        assert Cardholder.objects.count() == before
    assert Cardholder.objects.count() == before + 1


def _in_another_connection(deed):
    import threading

    failed = []

    def work():
        try:
            deed()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(30)
    assert not failed, failed


def test_every_table_but_sessions_and_counters_is_in_a_backup():
    held = {model._meta.label for model in backup.tables()}
    every = {m._meta.label for m in apps.get_models(include_auto_created=True) if not m._meta.proxy}
    assert every - held == {"sessions.Session", "cards.Counter"}
