"""A listing as CSV or XLSX, with cells that a spreadsheet would run as a formula quoted."""

import csv
import io
from collections.abc import Callable

from cards.intake.cells import quoted_cell
from cards.supervision.listing import Listing


def as_csv(listing: Listing) -> bytes:
    """UTF-8 with a mark, so that the office's spreadsheet reads Chinese as Chinese."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(listing.headings)
    writer.writerows([quoted_cell(cell) for cell in row] for row in listing.rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_xlsx(listing: Listing) -> bytes:
    """One sheet of texts; nothing in it is a formula or a link."""
    # Ten megabytes that a worker pays only when somebody exports.
    import xlsxwriter

    content = io.BytesIO()
    book = xlsxwriter.Workbook(
        content,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
    for column, heading in enumerate(listing.headings):
        sheet.write_string(0, column, heading, bold)
    for place, row in enumerate(listing.rows, start=1):
        for column, cell in enumerate(row):
            sheet.write_string(place, column, quoted_cell(cell))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(listing.headings) - 1, 20)
    book.close()
    return content.getvalue()


FORMATS: dict[str, tuple[str, Callable[[Listing], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}
