"""The situation guide: questions on plain pages, then one page that says what to do."""
