"""People's names: cleaned as typed, folded for comparison, masked; pure text."""

import unicodedata

from cards.errors import NameMalformed

# Ten dots that people type between the parts of a minority name; NFKC does not unify them.
MIDDLE_DOTS = dict.fromkeys(map(ord, "·•‧・･∙⋅●.．"), "·")
_INVISIBLE = {"Cf", "Cc"}


def clean_name(text: str) -> str:
    """Return the name as typed without surrounding or invisible characters; 2 to 50 characters, no digits."""
    shown = "".join(c for c in text[:200] if unicodedata.category(c) not in _INVISIBLE)
    name = " ".join(shown.split())
    if (
        not 2 <= len(name) <= 50
        or any(c.isdigit() for c in name)
        or any(ord(c) in range(0xD800, 0xE000) for c in name)
    ):
        raise NameMalformed()
    return name


def fold_name(text: str) -> str:
    """The form in which two spellings of one name compare equal."""
    folded = unicodedata.normalize("NFKC", text[:200]).translate(MIDDLE_DOTS)
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in _INVISIBLE).casefold()


def mask_name(name: str) -> str:
    """The name as papers and screens show it: the first character, and a star for each of the others (at most 3)."""
    return name[:1] + "*" * min(len(name) - 1, 3)
