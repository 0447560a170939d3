"""The tables of the guides and their search index."""
