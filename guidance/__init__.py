"""Guides: articles, topics, legal basis and search; knows nothing about cards."""
