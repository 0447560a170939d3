"""Registering a person."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from cards import id_number as id_numbers
from cards.actors import Actor
from cards.errors import PersonAlreadyRegistered
from cards.models import Cardholder, IdNumberIndex
from cards.names import clean_name
from cards.services.opening import deed
from cards.services.phones import clean_phone
from cards.vocabulary import EventKind


def register_cardholder(*, name: str, id_number: str, actor: Actor, phone: str = "") -> Cardholder:
    """Enter a person in the directory; refused where the ID number is there already."""
    number = id_numbers.check(id_number)
    try:
        with transaction.atomic():
            # Under any key in use, not only the newest: a person entered before a rotation is the same person.
            if Cardholder.objects.by_id_number(number):
                raise PersonAlreadyRegistered()
            now, given = timezone.now(), clean_phone(phone)
            holder = Cardholder.objects.create(
                name=clean_name(name),
                id_number=number,
                phone=given or None,
                phone_since=now if given else None,
                registered_at=now,
            )
            IdNumberIndex.objects.enter(number, holder=holder)
            with deed(holder, actor) as act:
                act.record(EventKind.REGISTERED, holder)
    except IntegrityError as clash:
        raise PersonAlreadyRegistered() from clash
    return holder
