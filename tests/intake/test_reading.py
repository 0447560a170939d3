"""Bytes to rows: encodings in their order, limits, and workbooks that are not what they say."""

import contextlib
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from cards.intake import refusals, workbook
from cards.intake.cells import FORMULA_SIGNS, quoted_cell
from cards.intake.reading import Limits, look_at
from cards.intake.staging import UPLOAD

LIMITS = Limits(size=1 << 20, lines=1000)
CHINESE = "受理回执编号,结果\n123,已开户\n"


def rows_of(data: bytes, limits: Limits = LIMITS) -> list[tuple[int, list[str]]]:
    return [(row.line, row.cells) for row in look_at(io.BytesIO(data), limits).rows()]


def book(fill: Callable[[Any], None], **options: Any) -> bytes:
    """An XLSX workbook of one sheet."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True} | options) as made:
        fill(made.add_worksheet())
    return data.getvalue()


def repacked(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The workbook with parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_text_is_read_in_each_encoding(encoding: str) -> None:
    assert rows_of(CHINESE.encode(encoding)) == [(1, ["受理回执编号", "结果"]), (2, ["123", "已开户"])]


def test_utf_8_is_tried_first_because_gb18030_would_take_it_too() -> None:
    data = "结果,已开户张三丰".encode()
    assert data.decode("gb18030", "replace") != data.decode()
    assert rows_of(data)[0][1] == ["结果", "已开户张三丰"]


@pytest.mark.parametrize("data", [b"\xff\xfe\x01", CHINESE.encode("utf-16"), CHINESE.encode("utf-16-le"), b"a\0b,c"])
def test_what_is_neither_is_refused(data: bytes) -> None:
    with pytest.raises(refusals.NotText):
        rows_of(data)


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_each_common_delimiter_is_understood(delimiter: str) -> None:
    assert rows_of(CHINESE.replace(",", delimiter).encode())[1] == (2, ["123", "已开户"])


def test_empty_lines_are_left_out_and_still_counted() -> None:
    assert [line for line, _cells in rows_of(b"a,b\n\n,,\n1,2\n")] == [1, 4]


def test_a_broken_quotation_names_its_line() -> None:
    with pytest.raises(refusals.QuotesBroken) as refused:
        rows_of(b'a,b\n1,2\n3,"4\n' + b"5,6\n" * 100_00)
    assert "line" in refused.value.sentence


def test_a_file_that_is_too_large_is_not_read_further() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += 1
            return b"x" * size

    endless = Endless()
    with pytest.raises(refusals.FileTooLarge):
        look_at(endless, LIMITS)  # type: ignore[arg-type]
    assert endless.given <= 2


def test_more_lines_than_allowed_are_refused() -> None:
    assert len(rows_of(b"a\n" * 1001)) == 1001
    with pytest.raises(refusals.TooManyLines):
        rows_of(b"a\n" * 1002)


def test_a_workbook_is_read_as_the_sender_sees_it() -> None:
    def fill(sheet: Any) -> None:
        sheet.write_row(1, 0, ["receipt", "last_four", "date"])
        sheet.write_row(2, 0, [123456789012, "001X"])
        sheet.write_datetime(2, 2, __import__("datetime").datetime(2026, 3, 2))

    assert rows_of(book(fill, default_date_format="yyyy-mm-dd")) == [
        (2, ["receipt", "last_four", "date"]),
        (3, ["123456789012", "001X", "2026-03-02"]),
    ]


def one_cell(sheet: Any) -> None:
    sheet.write(0, 0, "a")


def test_a_workbook_with_one_far_cell_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(refusals.TableTooWide) as refused:
        rows_of(book(lambda sheet: sheet.write(1_048_575, 16_383, "x")))
    assert "1048576" in refused.value.sentence


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/elsewhere.xml"])
def test_a_far_cell_is_found_under_any_name_and_across_pieces(name: str) -> None:
    far = b"<sheetData>" + b" " * (workbook.PIECE - 20) + b"<row r = '9999999'><c r='ZZZ1'/></row>"

    def change(part: str, data: bytes) -> bytes:
        return data.replace(b"<sheetData>", far) if part == "xl/worksheets/sheet1.xml" else data

    data = repacked(book(one_cell), change)
    if name != "xl/worksheets/sheet1.xml":
        data = data.replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets-sheet1.xml")
    with pytest.raises(refusals.TableTooWide):
        rows_of(data)


@pytest.mark.parametrize(
    "place",
    [
        b"r='ZZZZZZZZ2'",
        b'r="A99999999999"',
        b"r='xfd300000'",
        b"r='XFD300000" + b" " * 90 + b"'",
        b"r='A&#49;000000'",
        b"r" + b" " * 200 + b"='XFD300000'",
        b"r=" + b"\n" * 200 + b"'XFD300000'",
        b"r=''",
    ],
)
@pytest.mark.parametrize("before", range(0, 220, 20))
def test_a_place_in_any_other_spelling_is_refused_wherever_a_piece_ends(place: bytes, before: int) -> None:
    cell = b"<sheetData><row r='1'><c t='n' " + place + b"><v>1</v></c></row>"

    def change(part: str, data: bytes) -> bytes:
        if part != "xl/worksheets/sheet1.xml":
            return data
        start = data.index(b"<sheetData>")
        return data[:start] + b" " * (workbook.PIECE - start - before) + cell + data[start + 11 :]

    with pytest.raises(refusals.WorkbookUnreadable):
        rows_of(repacked(book(one_cell), change))


def test_a_word_that_ends_in_the_name_of_a_place_is_no_place_wherever_a_piece_ends() -> None:
    for shift in range(60, 75):

        def change(part: str, data: bytes, shift: int = shift) -> bytes:
            if part != "xl/worksheets/sheet1.xml":
                return data
            start = data.index(b"<sheetData>")
            row = b"<sheetData><row footer='0.3'>"
            filled = workbook.PIECE - start - shift
            return data[:start] + b" " * filled + row + b" " * 2000 + b"</row>" + data[start + 11 :]

        assert rows_of(repacked(book(one_cell), change))


def unplaced(*rows: list[int]) -> bytes:
    """A workbook of rows of cells, none of which says where it is: the reader counts them itself."""
    told = b"".join(b"<row>%s</row>" % b"".join(b"<c><v>%d</v></c>" % cell for cell in row) for row in rows)
    return repacked(
        book(one_cell), lambda part, data: re.sub(b"<row.*</row>", told, data) if "sheet1" in part else data
    )


def test_a_small_file_of_cells_without_a_place_cannot_fill_the_memory() -> None:
    """One row of 3,000 cells above 20,000 of one: the table between them would hold 60 million."""
    data = unplaced([1] * 3000, *[[1]] * 20_000)
    assert len(data) < 30_000
    with pytest.raises(refusals.WorkbookSwells):
        rows_of(data, UPLOAD)


def test_cells_without_a_place_are_read_in_their_order() -> None:
    assert rows_of(unplaced([7, 8, 9], [5])) == [(1, ["7", "8", "9"]), (2, ["5", "", ""])]


def test_one_endless_row_is_refused_before_it_is_taken_over() -> None:
    with pytest.raises(refusals.WorkbookUnreadable):
        rows_of(unplaced([place * place * 7919 % 99_991 for place in range(300_000)]), UPLOAD)


def test_a_reading_process_that_cannot_even_begin_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MEMORY", 1)
    random = "".join(chr(0x4E00 + place * 7919 % 20_000) for place in range(200_000))
    with pytest.raises(refusals.WorkbookSwells):
        rows_of(book(lambda sheet: [sheet.write(0, place, random[place::9]) for place in range(9)]), UPLOAD)


def test_a_workbook_may_unpack_to_what_its_lines_can_fill_and_no_more() -> None:
    honest = book(lambda sheet: [sheet.write_row(line, 0, ["123456789012", "001X", "已开户"]) for line in range(1000)])
    assert len(rows_of(honest)) == 1000
    noise = "".join(chr(0x4E00 + place * place % 20_000) for place in range(3 << 20)).encode()
    swollen = repacked(honest, lambda part, data: data + b"<!--" + noise + b"-->" if "sheet1" in part else data)
    with pytest.raises(refusals.WorkbookSwells):
        rows_of(swollen)


def test_a_workbook_that_swells_is_refused() -> None:
    data = repacked(book(one_cell), lambda part, data: data + b" " * (3 << 20) if "sheet1" in part else data)
    assert len(data) < 20_000
    with pytest.raises(refusals.WorkbookSwells):
        rows_of(data)


def test_a_workbook_that_lies_about_its_sizes_is_refused() -> None:
    """The directory entry says little; what unpacks is a lot."""
    swollen = repacked(book(one_cell), lambda part, data: data + b" " * (3 << 20) if "sheet1" in part else data)
    with zipfile.ZipFile(io.BytesIO(swollen)) as archive:
        true = next(part.file_size for part in archive.infolist() if "sheet1" in part.filename)
    lying = swollen.replace(true.to_bytes(4, "little"), (900).to_bytes(4, "little"))
    assert lying != swollen
    with pytest.raises(refusals.WorkbookSwells):
        rows_of(lying)


def test_the_sum_of_the_parts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LARGEST", 1000)
    with pytest.raises(refusals.WorkbookSwells):
        rows_of(book(one_cell))


@pytest.mark.parametrize("text", [b'<!DOCTYPE a SYSTEM "x">', b"<!ENTITY a 'b'>"])
def test_a_document_type_is_refused(text: bytes) -> None:
    data = repacked(book(one_cell), lambda part, data: text + data if "sheet1" in part else data)
    with pytest.raises(refusals.WorkbookDeclares):
        rows_of(data)


def test_xml_in_two_bytes_per_sign_is_refused_because_no_check_would_see_into_it() -> None:
    data = repacked(book(one_cell), lambda part, data: data.decode().encode("utf-16") if "sheet1" in part else data)
    with pytest.raises(refusals.WorkbookDeclares):
        rows_of(data)


def test_damaged_and_foreign_archives_are_refused() -> None:
    whole = book(one_cell)
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("content.xml", "<a/>")
    for data in (whole[:200], whole[:-100], b"PK\x03\x04" + b"x" * 500, other.getvalue()):
        with pytest.raises(refusals.WorkbookUnreadable):
            rows_of(data)


@given(st.binary(max_size=300), st.integers(0, 7000))
def test_no_damage_to_a_workbook_escapes_as_anything_but_a_refusal(noise: bytes, place: int) -> None:
    whole = book(one_cell)
    place %= len(whole)
    with contextlib.suppress(refusals.FileRefused):
        rows_of(whole[:4] + (whole[:place] + noise + whole[place + len(noise) :])[4:])


@given(st.binary(max_size=2000))
def test_no_bytes_escape_as_anything_but_rows_or_a_refusal(data: bytes) -> None:
    with contextlib.suppress(refusals.FileRefused):
        assert all(any(cells) for _line, cells in rows_of(data))


@pytest.mark.parametrize("sign", FORMULA_SIGNS)
def test_a_cell_that_begins_like_a_formula_is_quoted(sign: str) -> None:
    assert quoted_cell(f"{sign}1+1") == f"'{sign}1+1"
    assert quoted_cell(f"  {sign}1") == f"'  {sign}1"


@pytest.mark.parametrize("text", ["", "张三", "123456789012", "a=b", "2026-03-02"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert quoted_cell(text) == text
