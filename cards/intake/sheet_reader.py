"""Reads a workbook in a process of its own: from the standard input, to lines of JSON, each the cells of a row.

Run as a file and never imported, so that it holds neither a key nor a connection, and starts in a twentieth of a
second. Whatever a crafted workbook makes of itself may fill so much memory and take so much time, and no more.
"""

import datetime
import io
import json
import os
import resource
import sys
from typing import Any


def main(memory: int, seconds: int) -> None:
    """Limit this process, then read."""
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read())).get_sheet_by_index(0)
    for cells in sheet.iter_rows():
        row = json.dumps([as_text(cell) for cell in cells])
        sys.stdout.write(f"{row}\n")


def as_text(cell: Any) -> str:
    """A cell as the sender sees it: whole numbers without a fraction, days without a time."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return str(cell).strip()


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]), int(sys.argv[2]))
    except MemoryError:
        # As the library itself ends where its own memory is refused.
        os.abort()
