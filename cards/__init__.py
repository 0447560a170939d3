"""Everything about a card: who holds it, how far it is, its loss and replacement."""
