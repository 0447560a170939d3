"""Guides, legal basis and search; knows nothing of anybody's card."""
