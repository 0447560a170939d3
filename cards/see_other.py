"""The redirect after a POST, the same through every door that is a web page."""

from django.http.response import HttpResponseRedirectBase


class SeeOther(HttpResponseRedirectBase):
    """Look there, by GET."""

    status_code = 303
