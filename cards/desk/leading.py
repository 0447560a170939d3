"""Where one page of the desk leads to the next."""

from typing import Any

from django.http.response import HttpResponseRedirectBase
from django.urls import reverse


class SeeOther(HttpResponseRedirectBase):
    """What follows a POST: fetch another page by GET."""

    status_code = 303


def person_url(holder: Any) -> str:
    """The address of a person's screen; the random key says nothing."""
    return reverse("admin:cards_cardholder_change", args=[getattr(holder, "pk", holder)])
