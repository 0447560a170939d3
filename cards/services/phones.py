"""The telephone number on file: recorded and changed only with the holder's ID document in hand."""

import re

from cards.actors import Actor, Proof
from cards.errors import NotForThisParty, PhoneMalformed
from cards.models import Cardholder
from cards.office_vocabulary import PhoneChange
from cards.services import proof
from cards.services.deed import Deed
from cards.services.opening import deed
from cards.staff_errors import NothingChanged
from cards.vocabulary import Action, EventKind, Party


def clean_phone(text: str) -> str:
    """The telephone number as digits with an optional leading plus; empty stays empty."""
    digits = re.sub(r"[\s()\-]", "", text)
    if digits and not re.fullmatch(r"\+?[0-9]{7,15}", digits):
        raise PhoneMalformed()
    return digits


def change_phone(holder: Cardholder, phone: str, *, actor: Actor, evidence: Proof) -> None:
    """Change or remove the number on file, at the window; the old number is kept with the event, to be told there."""
    with deed(holder, actor) as act:
        proof.check(act, Action.CHANGE_PHONE, evidence)
        if clean_phone(phone) == (act.holder.phone or ""):
            raise NothingChanged()
        put_phone_on_file(act, phone)


def put_phone_on_file(act: Deed, text: str) -> None:
    """Record a number inside another act; an agent cannot, because codes would go to the agent from then on."""
    phone, old = clean_phone(text), act.holder.phone or ""
    if phone == old:
        return
    if act.actor.party == Party.AGENT:
        raise NotForThisParty()
    how = PhoneChange.RECORDED if not old else PhoneChange.CHANGED if phone else PhoneChange.REMOVED
    column = Cardholder._meta.get_field("phone")
    sealed = column.sealed(phone, act.holder) if phone else None
    Cardholder.objects.filter(pk=act.holder.pk).update(phone=sealed, phone_since=act.now)
    act.holder.phone, act.holder.phone_since = phone or None, act.now
    act.record(EventKind.PHONE_CHANGED, act.holder, how, old=old, new=phone)
