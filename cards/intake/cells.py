"""Cells of an exported table, so that a spreadsheet shows them and never takes one for a formula."""

# What a spreadsheet takes for the beginning of a formula, with the full-width forms that some programs fold.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def quoted_cell(value: object) -> str:
    """The text of a cell, after an apostrophe where a spreadsheet might calculate it."""
    text = str(value)
    return f"'{text}" if text.lstrip(" \u3000").startswith(FORMULA_SIGNS) else text
