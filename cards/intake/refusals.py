"""Why a whole result file is refused: nothing of it is kept, and the sentence says what to do."""

from django.utils.translation import gettext_lazy as _

from cards.errors import Refusal


class FileRefused(Refusal):
    message = _("This file cannot be read.")


class FileTooLarge(FileRefused):
    message = _("The file is larger than %(megabytes)s MB. Please split it, or have it taken in by the command.")


class TooManyLines(FileRefused):
    message = _("The file has more than %(lines)s lines. Please split it, or have it taken in by the command.")


class NotText(FileRefused):
    message = _(
        "The file is neither UTF-8 nor GB18030 text, nor an XLSX workbook. Please save it as CSV or XLSX once more."
    )


class QuotesBroken(FileRefused):
    message = _("A quotation mark or a line break inside a cell makes line %(line)s unreadable.")


class ColumnsMissing(FileRefused):
    message = _("The first line must name the columns. Missing: %(missing)s.")


class ColumnsUnknown(FileRefused):
    message = _(
        "The file has columns that are not needed here: %(unknown)s. Please remove them; nothing of the file was kept."
    )


class ColumnTwice(FileRefused):
    message = _("The column “%(column)s” stands in the file twice.")


class NothingInIt(FileRefused):
    message = _("The file has no lines below the names of its columns.")


class WorkbookUnreadable(FileRefused):
    message = _("The workbook is damaged, encrypted or not an XLSX file. Please save it once more.")


class WorkbookSwells(FileRefused):
    message = _("The workbook unpacks to far more than its size allows, so it was not opened.")


class WorkbookDeclares(FileRefused):
    message = _("The workbook holds document type declarations, which a result file never needs; it was not opened.")


class TableTooWide(FileRefused):
    message = _(
        "The table reaches to row or cell %(cell)s, beyond %(lines)s lines or %(columns)s columns. "
        "Please delete the empty rows and columns."
    )
