"""How the pages about a person behave: which methods they answer, and that nobody keeps them."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

View = Callable[..., HttpResponse]


def answers_to(*methods: str) -> Callable[[View], View]:
    """Answer these methods and refuse all others by 405.

    The token is checked inside, after the method: the middleware would check it first and answer 403 to all of them.
    """

    def decorate(view: View) -> View:
        protected = csrf_protect(view) if "POST" in methods else view
        return csrf_exempt(require_http_methods(methods)(protected))

    return decorate


def about_a_person(view: View) -> View:
    """Have no browser and no cache keep what the view returns, and no other site learn where it stood."""

    @wraps(view)
    def kept_by_nobody(request: HttpRequest, *args: object, **more: object) -> HttpResponse:
        response = view(request, *args, **more)
        response.headers["Cache-Control"] = "no-store"
        # `no-referrer` would make browsers send `Origin: null`, and then every POST is refused.
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return kept_by_nobody
