"""Refusals that only staff meet: second thoughts, merges, disputes, call-backs, exports."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from cards.errors import Refusal


class NotToBePutBack(Refusal):
    message = _("A step of this kind cannot be put back.")


class StateBeforeUnknown(Refusal):
    message = _("What stood before this step was not kept, so it cannot be put back.")


class LaterStepExists(Refusal):
    message = _("Something later rests on this step, so it can no longer be put back. Put the later step back first.")


class CorrectionNeedsSupervisor(Refusal):
    message = _(
        "A step is put back on the same day by the outlet that recorded it; "
        "afterwards, or at another place, a supervisor does it."
    )


class CorrectionReasonMissing(Refusal):
    message = _("Say why; the reason is kept with the step.")


class NothingChanged(Refusal):
    message = _("This is what is on record already.")


class SecondPersonNeeded(Refusal):
    message = _("Whoever asked for this cannot decide it. It takes a second person.")


class DecidedAlready(Refusal):
    message = _("This was decided already, or its time is over.")


class NoExceptionFromThis(Refusal):
    message = _("No exception can be made to this rule.")


class MergeWithItself(Refusal):
    message = _("These are not two records: the number leads to the same person.")


class OtherPersonUnknown(Refusal):
    message = _("Nobody is on record under this ID number.")


class MergeWouldClash(Refusal):
    message = _(
        "Both records have an open first application for the same type of card. "
        "Withdraw one of them, then the records can be merged."
    )


class MergeHasOpenRequests(Refusal):
    message = _("A request about the other record still waits for a decision. Decide it first.")


class RecordMerged(Refusal):
    message = _("This record became part of another one. Find the person again by the ID number.")


class DisputedAlready(Refusal):
    message = _("It was already examined whether this card was handed over.")


class DisputedCardBeingReplaced(Refusal):
    message = _(
        "A new card in place of this one is under way. Withdraw that application first, "
        "then it can be examined whether this card was handed over."
    )


class DisputeStillOpen(Refusal):
    message = _(
        "It is still being examined whether this card was handed over, and the card is locked until then. "
        "Nothing else can be done with it before that is decided."
    )


class AnotherCardMeant(Refusal):
    message = _("The caller means another card than the one this report is about. Nothing was recorded; go back.")
    rule = "S5"


class OutletClosed(Refusal):
    message = _("This outlet is closed for good. Please choose another.")


class FollowUpSettled(Refusal):
    message = _("Somebody has already recorded how this ended.")


class OutcomeDoesNotFit(Refusal):
    message = _("This cannot end that way. Please choose one of the outcomes offered.")


class DiscardedByOthers(Refusal):
    message = _("A result file is discarded by whoever handed it in, or by a supervisor.")


class ExportOwn(Refusal):
    message = _("Somebody else has to decide on an export you asked for yourself.")


class ExportOfAnother(Refusal):
    message = _("Only the one who asked for an export takes its file.")


class ExportNotOpen(Refusal):
    message = _("This export is not open: it has not been released, was refused, or has expired.")


class ExportTooLarge(Refusal):
    message = _("This list has %(rows)s rows; at most %(most)s leave in one file. Narrow it by stage or outlet.")


class TableWrong(Refusal):
    message = _("This cannot be a table of situations. %(why)s.")


class TableVersionTaken(Refusal):
    message = _("There is a table of this version already, or one that begins on the same day. Choose another.")


class TableDateNotAhead(Refusal):
    message = _("A table can begin tomorrow at the earliest, because people read today's pages already.")


class TableReleasedByAuthor(Refusal):
    message = _("Whoever entered a table cannot release it. Ask a colleague.")


class TableReleasedAlready(Refusal):
    message = _("This table was released already.")


def _every(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for one in kind.__subclasses__():
        yield one
        yield from _every(one)


# By the name under which a request and the ledger keep it.
REFUSALS: dict[str, type[Refusal]] = {one.code(): one for one in _every(Refusal)}
