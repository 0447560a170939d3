"""XLSX workbooks, measured before they are opened: a small file can hold a table that fills the memory.

The archive is unpacked once in small pieces, only to count: what its directory says of sizes may be a lie.
"""

import datetime
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from cards.intake.refusals import TableTooWide, WorkbookDeclares, WorkbookSwells, WorkbookUnreadable

SIGNATURE = b"PK\x03\x04"
LARGEST = 200 << 20
RATIO = 100
# Below this size any ratio is harmless, and small parts of honest workbooks pack very well.
SMALL = 1 << 20
MOST_COLUMNS = 50
PIECE = 1 << 16
OVERLAP = 64
# XML that is not in single bytes would be read past every check below.
WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
# What the reader would also open: their tables can be made as large by other means.
OTHER_KINDS = {"xl/workbook.bin", "content.xml", "mimetype"}
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
# The place of a cell or row, however it is written: what the reader takes for one must not pass unread here.
_REFERENCE = re.compile(rb"""(?<![\w:.-])r\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PLACE = re.compile(rb"([A-Z]{0,3})([0-9]{1,7})")
# Longer than any honest one, and it could stretch past OVERLAP.
_STRETCHED = re.compile(rb"""(?<![\w:.-])r(?:\s{8}|\s*=(?:\s{8}|\s*"[^"]{12}|\s*'[^']{12}))""")


def check(file: BinaryIO, most_lines: int) -> None:
    """Refuse a workbook that lies about its sizes, swells, declares document types or spans too large a table."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
        names = {part.filename.lower() for part in parts}
        if "xl/workbook.xml" not in names or names & OTHER_KINDS:
            raise WorkbookUnreadable()
        if sum(part.file_size for part in parts) > LARGEST:
            raise WorkbookSwells()
        for part in parts:
            _check_part(_unpacked(file, part), most_lines)
    except (zipfile.BadZipFile, zlib.error, struct.error, ValueError, NotImplementedError) as broken:
        raise WorkbookUnreadable() from broken


def _check_part(pieces: Iterator[bytes], most_lines: int) -> None:
    """Read a part once; a sheet is known by its contents, because it may lie under any name."""
    tail, is_sheet = b"", False
    for piece in pieces:
        text = tail + piece
        if _DECLARATION.search(text) or (not tail and text.startswith(WIDE)):
            raise WorkbookDeclares()
        is_sheet = is_sheet or b"sheetData" in text
        if is_sheet:
            # Its first byte only tells whether the second begins a word.
            _check_references(text, 1 if tail else 0, most_lines)
        tail = text[-OVERLAP:]


def _unpacked(file: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part in pieces, refused at the first byte beyond the size its directory entry names."""
    if part.flag_bits & 1 or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise WorkbookUnreadable()
    if part.file_size > SMALL and part.file_size > RATIO * part.compress_size:
        raise WorkbookSwells()
    file.seek(part.header_offset)
    header = struct.unpack("<4s5H3I2H", file.read(30))
    if header[0] != SIGNATURE or header[3] != part.compress_type:
        raise WorkbookUnreadable()
    file.seek(header[-2] + header[-1], 1)
    unpacked = 0
    for out in _inflated(file, part):
        unpacked += len(out)
        if unpacked > part.file_size:
            raise WorkbookSwells()
        yield out


def _inflated(file: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """What the part's bytes unpack to, never much more than a piece at a time."""
    inflate = zlib.decompressobj(-15)
    packed = part.compress_size
    while packed:
        piece = file.read(min(PIECE, packed))
        if not piece:
            raise WorkbookUnreadable()
        packed -= len(piece)
        if part.compress_type == zipfile.ZIP_STORED:
            yield piece
            continue
        while piece:
            yield inflate.decompress(piece, PIECE)
            piece = inflate.unconsumed_tail
    yield inflate.flush()


def _check_references(text: bytes, start: int, most_lines: int) -> None:
    """Refuse a cell so far out that the table between it and the first would fill the memory."""
    if _STRETCHED.search(text, start):
        raise WorkbookUnreadable()
    for found in _REFERENCE.finditer(text, start):
        place = _PLACE.fullmatch(found[1] or found[2] or b"")
        if place is None:
            raise WorkbookUnreadable()
        column = 0
        for letter in place[1]:
            column = column * 26 + letter - 64
        if column > MOST_COLUMNS or int(place[2]) > most_lines + 1:
            raise TableTooWide(cell=place[0].decode(), lines=most_lines, columns=MOST_COLUMNS)


def _sheet(file: BinaryIO) -> Any:
    # A library of its own language, which a worker loads only when a workbook comes.
    from python_calamine import CalamineError, CalamineWorkbook

    file.seek(0)
    try:
        return CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
    except CalamineError as broken:
        raise WorkbookUnreadable() from broken


def height(file: BinaryIO) -> int:
    """How many rows the first sheet has."""
    return int(_sheet(file).total_height)


def rows(file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row of the first sheet."""
    for line, cells in enumerate(_sheet(file).iter_rows(), start=1):
        yield line, [_as_text(cell) for cell in cells]


def _as_text(cell: Any) -> str:
    """A cell as the sender sees it: whole numbers without a fraction, days without a time."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return str(cell).strip()
