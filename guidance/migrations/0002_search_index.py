"""Makes the search index: FTS5 on SQLite, tsvector with a GIN index on PostgreSQL."""

from django.db import migrations

# Frozen here: what this migration made stays what it was, whatever `guidance.search` becomes.
CREATE = {
    "sqlite": [
        "CREATE VIRTUAL TABLE guidance_search USING fts5(title, summary, body, plain UNINDEXED, tokenize='unicode61')"
    ],
    "postgresql": [
        "CREATE TABLE guidance_search (rowid bigint PRIMARY KEY, words tsvector NOT NULL, plain text NOT NULL)",
        "CREATE INDEX guidance_search_words ON guidance_search USING gin (words)",
    ],
}


def create(apps, schema_editor):
    """Create the table for the database at hand; a third kind of database stops here, in words."""
    vendor = schema_editor.connection.vendor
    if vendor not in CREATE:
        raise NotImplementedError(f"The search of the guides knows SQLite and PostgreSQL, not {vendor}.")
    for statement in CREATE[vendor]:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    """Take the table away again."""
    schema_editor.execute("DROP TABLE guidance_search")


class Migration(migrations.Migration):
    """Adds the table that no model describes, because no model could."""

    dependencies = [("guidance", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
