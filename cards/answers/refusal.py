"""A refusal in words; whoever was overtaken is told by which act, when and through which door."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cards.answers.dates import told_moment
from cards.answers.joining import joined
from cards.errors import Overtaken, Refusal
from cards.models import Event
from cards.vocabulary import Channel, EventKind


def told_refusal(refused: Refusal) -> str:
    """All of a refusal for a citizen."""
    return joined(refused.sentence, told_overtaking(refused))


def told_overtaking(refused: Exception, *, to_staff: bool = False) -> str:
    """By which act somebody was overtaken, or nothing; only staff read at which window and by whom."""
    act: Event | None = refused.act if isinstance(refused, Overtaken) else None
    if act is None:
        return ""
    where = [str(Channel(act.channel).label)]
    if to_staff and act.outlet:
        where.append(act.outlet.told("name"))
    if to_staff and act.user:
        where.append(act.user.get_username())
    return _("Last entry on record: %(what)s on %(moment)s (%(where)s).") % {
        "what": EventKind(act.kind).label,
        "moment": told_moment(act.at),
        "where": pgettext("between place and person", ", ").join(where),
    }
