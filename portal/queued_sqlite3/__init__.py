"""Django's SQLite backend with a line for writers; docs/decisions/0012 says why."""
