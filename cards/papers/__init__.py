"""Papers: what is printed for a person, in both languages, and whether a paper somebody holds is ours."""

from cards.papers.sheet import Column, Sheet, Wish, sheet_of

__all__ = ["Column", "Sheet", "Wish", "sheet_of"]
