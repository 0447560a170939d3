"""The telephone number on file: recorded and changed only with the holder's ID document in hand."""

import re
import unicodedata

from cards.actors import Actor, Proof
from cards.errors import NotForThisParty, PhoneMalformed
from cards.id_number import LONGEST_INPUT, is_separator
from cards.models import Cardholder
from cards.office_vocabulary import PhoneChange
from cards.services import proof
from cards.services.deed import Deed
from cards.services.opening import deed
from cards.staff_errors import NothingChanged
from cards.vocabulary import Action, EventKind, Party

# A mobile number is the same number with the country's code and without it.
_OWN_COUNTRY = re.compile(r"(\+|00)?86(?=1[3-9][0-9]{9}\Z)")
_BRACKETS = frozenset({"Ps", "Pe"})


def clean_phone(text: str) -> str:
    """The number that is meant, as digits with an optional leading plus; an entry left empty stays empty."""
    if not text.strip():
        return ""
    # Cut before it is normalised, so that a megabyte costs nothing.
    folded = unicodedata.normalize("NFKC", text[: LONGEST_INPUT + 1])
    number = "".join(one for one in folded if not (is_separator(one) or unicodedata.category(one) in _BRACKETS))
    if len(text) > LONGEST_INPUT or not re.fullmatch(r"\+?[0-9]{7,15}", number):
        raise PhoneMalformed()
    return _OWN_COUNTRY.sub("", number)


def change_phone(holder: Cardholder, phone: str, *, actor: Actor, evidence: Proof) -> None:
    """Change or remove the number on file, at the window; the old number is kept with the event, to be told there."""
    with deed(holder, actor) as act:
        proof.check(act, Action.CHANGE_PHONE, evidence)
        if clean_phone(phone) == clean_phone(act.holder.phone or ""):
            raise NothingChanged()
        put_phone_on_file(act, phone)


def put_phone_on_file(act: Deed, text: str) -> None:
    """Record a number inside another act; an agent cannot, because codes would go to the agent from then on."""
    phone, old = clean_phone(text), act.holder.phone or ""
    if phone == clean_phone(old):
        return
    if act.actor.party == Party.AGENT:
        raise NotForThisParty()
    how = PhoneChange.RECORDED if not old else PhoneChange.CHANGED if phone else PhoneChange.REMOVED
    column = Cardholder._meta.get_field("phone")
    sealed = column.sealed(phone, act.holder) if phone else None
    Cardholder.objects.filter(pk=act.holder.pk).update(phone=sealed, phone_since=act.now)
    act.holder.phone, act.holder.phone_since = phone or None, act.now
    act.record(EventKind.PHONE_CHANGED, act.holder, how, old=old, new=phone)
