"""The commands of cards."""
