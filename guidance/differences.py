"""What differs between two texts, word by word: English by words, Chinese by characters; pure."""

import difflib
import re
from dataclasses import dataclass

# A run of Latin letters and digits is a word; every other sign, Chinese above all, stands for itself.
WORD = re.compile(r"[A-Za-z0-9’'_-]+|\n|[^\S\n]+|.", re.DOTALL)
# Less than this between two changes is no resting place for the eye.
TOO_SHORT = 3
# How much of what stayed is shown on both sides of a change.
AROUND = 60
SAME, ADDED, REMOVED, LEFT_OUT = "same", "added", "removed", "left out"


@dataclass(frozen=True)
class Piece:
    """A piece of text that stayed, came, went, or is left out because nothing happened there."""

    kind: str
    text: str


def between(old: str, new: str) -> list[Piece]:
    """Return the pieces that lead from the old text to the new one; an empty list when they are the same."""
    before, after = WORD.findall(old.replace("\r\n", "\n")), WORD.findall(new.replace("\r\n", "\n"))
    if before == after:
        return []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    runs = [
        (operation == "equal", "".join(before[a:b]), "".join(after[c:d]))
        for operation, a, b, c, d in matcher.get_opcodes()
    ]
    return _shortened(_pieces(_calmed(runs)))


def of_lists(old: list[str], new: list[str]) -> list[Piece]:
    """Return what left a list and what came into it, each on a line; an empty list when both hold the same."""
    found = [Piece(REMOVED, text) for text in old if text not in new]
    found += [Piece(ADDED, text) for text in new if text not in old]
    return [one for piece in found for one in (Piece(SAME, "\n"), piece)][1:]


def _calmed(runs: list[tuple[bool, str, str]]) -> list[tuple[bool, str, str]]:
    """Join changes with next to nothing between them, so that a rewritten sentence reads as one."""
    calm: list[tuple[bool, str, str]] = []
    for at, (same, old, new) in enumerate(runs):
        inside = 0 < at < len(runs) - 1
        changed = not same or (inside and len(old.strip()) < TOO_SHORT and "\n" not in old)
        if changed and calm and not calm[-1][0]:
            calm[-1] = (False, calm[-1][1] + old, calm[-1][2] + new)
        else:
            calm.append((not changed, old, new))
    return calm


def _pieces(runs: list[tuple[bool, str, str]]) -> list[Piece]:
    found = []
    for same, old, new in runs:
        if same:
            found.append(Piece(SAME, old))
            continue
        found += [Piece(kind, text) for kind, text in ((REMOVED, old), (ADDED, new)) if text]
    return found


def _shortened(pieces: list[Piece]) -> list[Piece]:
    """Leave out what stayed and is far from any change."""
    short: list[Piece] = []
    for at, piece in enumerate(pieces):
        before = AROUND if at else 0
        after = AROUND if at < len(pieces) - 1 else 0
        if piece.kind != SAME or len(piece.text) <= before + after + AROUND:
            short.append(piece)
            continue
        short += [Piece(SAME, piece.text[:before])] if before else []
        short.append(Piece(LEFT_OUT, "…"))
        short += [Piece(SAME, piece.text[-after:])] if after else []
    return short
