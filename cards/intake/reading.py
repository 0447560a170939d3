"""Bytes to rows: which kind of file it is, in which encoding, within which limits."""

import codecs
import csv
import hashlib
import io
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cards.intake import workbook
from cards.intake.refusals import FileTooLarge, NotText, QuotesBroken, TooManyLines
from cards.office_vocabulary import IntakeFormat

CHUNK = 1 << 20
LONGEST_CELL = 200
DELIMITERS = ",\t;"
# UTF-8 first: Chinese text in UTF-8 decodes as GB18030 too, to nonsense.
ENCODINGS = ((IntakeFormat.UTF_8, "utf-8-sig"), (IntakeFormat.GB18030, "gb18030"))


@dataclass(frozen=True)
class Limits:
    """How large a file may be; more is refused before it is read further."""

    size: int
    lines: int


@dataclass(frozen=True)
class Row:
    """One line of the table: its number as the sender counts, from 1, and its cells."""

    line: int
    cells: list[str]


@dataclass
class Source:
    """A file that passed the first look: its digest, its format and about how many lines it has."""

    file: BinaryIO
    digest: str
    format: IntakeFormat
    about: int
    limits: Limits

    def rows(self) -> Generator[Row]:
        """Every line that is not empty, in order."""
        self.file.seek(0)
        is_book = self.format == IntakeFormat.XLSX
        rows = workbook.rows(self.file, self.limits.lines) if is_book else self._text_rows()
        for line, cells in rows:
            if line > self.limits.lines + 1:
                raise TooManyLines(lines=self.limits.lines)
            if any(cells):
                yield Row(line, cells)

    def _text_rows(self) -> Iterator[tuple[int, list[str]]]:
        text = io.TextIOWrapper(self.file, encoding=dict(ENCODINGS)[self.format], newline="")
        try:
            first = text.readline(CHUNK)
            delimiter = max(DELIMITERS, key=first.count)
            text.seek(0)
            reader = csv.reader(text, delimiter=delimiter, strict=True)
            try:
                for cells in reader:
                    yield reader.line_num, [cell.strip() for cell in cells]
            except csv.Error as broken:
                raise QuotesBroken(line=reader.line_num + 1) from broken
        finally:
            # The file belongs to the caller, who may read it once more.
            text.detach()


def look_at(file: BinaryIO, limits: Limits) -> Source:
    """Measure, digest and recognise a file; refused where it is too large or no table."""
    digest, size, lines = hashlib.sha256(), 0, 0
    while chunk := file.read(CHUNK):
        size += len(chunk)
        if size > limits.size:
            raise FileTooLarge(megabytes=limits.size >> 20)
        digest.update(chunk)
        lines += chunk.count(b"\n")
    file.seek(0)
    if file.read(4) == workbook.SIGNATURE:
        about = workbook.check(file, limits.lines)
        return Source(file, digest.hexdigest(), IntakeFormat.XLSX, about, limits)
    return Source(file, digest.hexdigest(), _encoding_of(file), lines, limits)


def _encoding_of(file: BinaryIO) -> IntakeFormat:
    for name, encoding in ENCODINGS:
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        try:
            while chunk := file.read(CHUNK):
                if "\0" in decoder.decode(chunk):
                    raise NotText()
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return name
    raise NotText()
