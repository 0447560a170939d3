"""The key of a form: the same form sent again carries the same key and gets the same answer."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_KEYLESS = _("This form came without its key, so nothing was recorded. Check it and send it once more.")


class KeyInput(forms.HiddenInput):
    """The key of a form; one that came without a key of the right kind is shown again with a new one."""

    def format_value(self, value: Any) -> str:
        """What the page carries."""
        try:
            return str(uuid.UUID(str(value)))
        except ValueError:
            return str(uuid.uuid4())


def key_field() -> forms.UUIDField:
    """The hidden field, made with the page."""
    return forms.UUIDField(
        widget=KeyInput, initial=uuid.uuid4, error_messages={"required": _KEYLESS, "invalid": _KEYLESS}
    )
