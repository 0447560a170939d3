"""The migration operation that makes the ledger append-only in the database itself, and the way tests lift it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.migrations.operations.base import Operation

EVENTS, DETAILS, ACCESS = "cards_event", "cards_eventdetail", "cards_accessrecord"
RULE_STEPS = "cards_rulesetstep"
# All but the sealed reason: a key is rotated by sealing it anew, and nobody without the key can write another one.
_ACCESS_COLUMNS = "id, holder_id, subject_digest, at, keep_until, channel, purpose, outcome, user_id"

# Access records leave by retention, and event details by erasure; nothing else is ever changed or removed.
_SQLITE = {
    f"{EVENTS}_no_update": f"BEFORE UPDATE ON {EVENTS} BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    f"{EVENTS}_no_delete": f"BEFORE DELETE ON {EVENTS} BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    f"{DETAILS}_no_update": f"BEFORE UPDATE OF event_id, holder_id, salt ON {DETAILS} "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    f"{ACCESS}_no_update": f"BEFORE UPDATE OF {_ACCESS_COLUMNS} ON {ACCESS} "
    "BEGIN SELECT RAISE(ABORT, 'access records are append-only'); END",
    f"{ACCESS}_no_delete": f"BEFORE DELETE ON {ACCESS} WHEN OLD.keep_until > strftime('%Y-%m-%d %H:%M:%f', 'now') "
    "BEGIN SELECT RAISE(ABORT, 'access records are kept until their day'); END",
}

# The history of rule sets came later than the ledger, so a migration of its own brings its triggers.
_SQLITE_RULES = {
    f"{RULE_STEPS}_no_{verb.lower()}": f"BEFORE {verb} ON {RULE_STEPS} "
    "BEGIN SELECT RAISE(ABORT, 'the history of rules is append-only'); END"
    for verb in ("UPDATE", "DELETE")
}

_FUNCTION = """
CREATE OR REPLACE FUNCTION cards_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'cards_accessrecord' AND TG_OP = 'DELETE' THEN
        IF OLD.keep_until <= now() THEN RETURN OLD; END IF;
    END IF;
    RAISE EXCEPTION 'the ledger is append-only: % on % refused', TG_OP, TG_TABLE_NAME;
END $$"""
_POSTGRES = {
    f"{EVENTS}_no_change": f"BEFORE UPDATE OR DELETE ON {EVENTS} FOR EACH ROW",
    f"{EVENTS}_no_truncate": f"BEFORE TRUNCATE ON {EVENTS} FOR EACH STATEMENT",
    f"{DETAILS}_no_update": f"BEFORE UPDATE OF event_id, holder_id, salt ON {DETAILS} FOR EACH ROW",
    f"{DETAILS}_no_truncate": f"BEFORE TRUNCATE ON {DETAILS} FOR EACH STATEMENT",
    f"{ACCESS}_no_change": f"BEFORE UPDATE OF {_ACCESS_COLUMNS} OR DELETE ON {ACCESS} FOR EACH ROW",
    f"{ACCESS}_no_truncate": f"BEFORE TRUNCATE ON {ACCESS} FOR EACH STATEMENT",
}


_POSTGRES_RULES = {
    f"{RULE_STEPS}_no_change": f"BEFORE UPDATE OR DELETE ON {RULE_STEPS} FOR EACH ROW",
    f"{RULE_STEPS}_no_truncate": f"BEFORE TRUNCATE ON {RULE_STEPS} FOR EACH STATEMENT",
}
_LEDGER = {"sqlite": _SQLITE, "postgresql": _POSTGRES}
_RULES = {"sqlite": _SQLITE_RULES, "postgresql": _POSTGRES_RULES}
Triggers = dict[str, dict[str, str]]


def _statements(vendor: str, triggers: Triggers) -> list[str]:
    if vendor == "sqlite":
        # SQLite cannot replace a trigger, and a later migration may bring another wording of one.
        made = [f"CREATE TRIGGER {name} {body}" for name, body in triggers[vendor].items()]
        return [*_removals(vendor, triggers), *made]
    made = [
        f"CREATE OR REPLACE TRIGGER {name} {body} EXECUTE FUNCTION cards_append_only()"
        for name, body in triggers[vendor].items()
    ]
    return [_FUNCTION, *made]


def _removals(vendor: str, triggers: Triggers) -> list[str]:
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in triggers[vendor]]
    return [
        f"DROP TRIGGER IF EXISTS {name} ON {body.split(' ON ')[1].split()[0]}"
        for name, body in triggers[vendor].items()
    ]


def trigger_names(vendor: str) -> set[str]:
    """The triggers that must be there."""
    return {*_LEDGER[vendor], *_RULES[vendor]}


class ProtectLedger(Operation):
    """Create the triggers; follows every change of a ledger table, since SQLite drops them on a rebuild."""

    reversible = True
    triggers = _LEDGER

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing changes in the models."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for statement in _statements(schema_editor.connection.vendor, self.triggers):
            schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for statement in _removals(schema_editor.connection.vendor, self.triggers):
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return "Make the ledger append-only"


class ProtectRuleHistory(ProtectLedger):
    """The same for the history of rule sets."""

    triggers = _RULES

    def describe(self) -> str:
        return "Make the history of rule sets append-only"


@contextmanager
def lifted_triggers() -> Iterator[None]:
    """Lift the protection for the length of a test database's flush; restored in every case."""
    with connection.cursor() as cursor:
        for triggers in (_LEDGER, _RULES):
            for statement in _removals(connection.vendor, triggers):
                cursor.execute(statement)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for triggers in (_LEDGER, _RULES):
                for statement in _statements(connection.vendor, triggers):
                    cursor.execute(statement)
