"""The lists of words of the office's own work: result files, call-backs, second looks, rules, incidents, exports."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class IntakeResult(TextChoices):
    """What a line of a result file says of one card."""

    ACCOUNT_OPENED = "account_opened", _("Account opened")
    ACCOUNT_FAILED = "account_failed", _("Account could not be opened")
    SENT = "sent", _("Made and sent")
    PRODUCTION_FAILED = "production_failed", _("Production failed")
    SIGNED_FOR = "signed_for", _("Signed for")
    RETURNED = "returned", _("Returned")


class IntakeFormat(TextChoices):
    UTF_8 = "utf_8", _("CSV, UTF-8")
    GB18030 = "gb18030", _("CSV, GB18030")
    XLSX = "xlsx", _("Excel workbook (XLSX)")


class IntakeState(TextChoices):
    """How far a result file is."""

    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Waiting for confirmation")
    APPLYING = "applying", _("Being recorded")
    DONE = "done", _("Recorded")
    DISCARDED = "discarded", _("Discarded")


class LineState(TextChoices):
    """How far one line of a result file is."""

    READY = "ready", _("Will be recorded")
    APPLIED = "applied", _("Recorded")
    UNCHANGED = "unchanged", _("Nothing to change")
    REFUSED = "refused", pgettext_lazy("line of a file", "Refused")


class LineFault(TextChoices):
    """Why a line of a result file is refused, as whoever made the file reads it."""

    TOO_LONG = "too_long", _("The line has more cells than the file has columns, or a cell is too long.")
    RECEIPT_MALFORMED = "receipt_malformed", _("The receipt number is incomplete, or one of its digits is wrong.")
    RECEIPT_UNKNOWN = "receipt_unknown", _("No application has this receipt number.")
    LAST_FOUR_MALFORMED = "last_four_malformed", _("The last four characters of the ID number are missing.")
    LAST_FOUR_WRONG = "last_four_wrong", _("The last four characters of the ID number do not belong to this receipt.")
    RESULT_UNKNOWN = "result_unknown", _("The result is none of the words of the template.")
    REASON_UNKNOWN = "reason_unknown", _("The reason does not fit this result.")
    DAY_MALFORMED = "day_malformed", _("The date of the result is missing or is no date.")
    DAY_TOO_FAR = "day_too_far", _("The date of the result is in the future or more than %(days)s days ago.")
    REPEATED = "repeated", _("This receipt number stands in the file already, in line %(line)s.")
    NOT_POSSIBLE = "not_possible", _("This is not possible in the present state: %(state)s.")


class FollowUpKind(TextChoices):
    """What was agreed on the phone and is still to be done."""

    CALL_BACK = "call_back", _("Call-back")
    COMES_IN = "comes_in", _("Comes to a window")


class FollowUpReason(TextChoices):
    """What a call-back or a visit is about."""

    PROGRESS = "progress", _("Progress of an application")
    LOSS = "loss", _("Written loss report, replacement")
    STOPPED = "stopped", _("Something is missing for the application")
    COLLECTION = "collection", _("Collecting the card")
    RECORD = "record", _("Name, number or telephone to be corrected")
    OTHER = "other", _("Something else")


class FollowUpOutcome(TextChoices):
    """How a call-back or a visit ended."""

    REACHED = "reached", _("Reached and told")
    NOT_REACHED = "not_reached", _("Not reached")
    CAME = "came", _("Came to the window")
    NOT_NEEDED = "not_needed", _("No longer needed")


class Verdict(TextChoices):
    """What the second person decided; empty while the request waits."""

    GRANTED = "granted", _("Granted")
    DECLINED = "declined", _("Declined")


class RequestKind(TextChoices):
    """What one member of staff may ask another for."""

    EXCEPTION = "exception", _("an exception to a rule")
    NAME = "name", _("the correction of a name")
    ID_NUMBER = "id_number", _("the correction of an ID number")
    MERGE = "merge", _("the merging of two records")


class PhoneChange(TextChoices):
    RECORDED = "recorded", _("first number recorded")
    CHANGED = "changed", _("old number replaced")
    REMOVED = "removed", _("number removed")


class MergeSide(TextChoices):
    SURVIVES = "survives", _("this record stays")
    ENDS = "ends", _("this record became part of another")


class RuleState(TextChoices):
    DRAFT = "draft", _("Draft")
    REVIEWED = "reviewed", _("Reviewed")
    IN_FORCE = "in_force", _("In force")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RuleStep(TextChoices):
    """What was done to a rule set."""

    LOADED = "loaded", _("Entered from the profile shipped with the portal")
    DRAFTED = "drafted", _("Drafted")
    CHANGED = "changed", _("Draft changed")
    REVIEWED = "reviewed", _("Reviewed and found right")
    REOPENED = "reopened", _("Sent back to the draft")
    PUT_IN_FORCE = "put_in_force", _("Put in force from its date")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class IncidentScope(TextChoices):
    """Whom a batch incident touches."""

    BANK = "bank", _("A bank: accounts still to be opened there")
    BATCH = "batch", _("A batch: cards in production since certain days")
    OUTLET = "outlet", _("An outlet: cards to be collected there")


class ExportContent(TextChoices):
    APPLICATIONS = "applications", _("Open applications")
    REPORTS = "reports", _("Loss reports in force")
