"""Synthetic people with cards and cases in every state, for a demonstration only."""
