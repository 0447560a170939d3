"""The views of the floors."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

TEN_KILOBYTES = b"<!doctype html><title>floor</title>" + b"<p>ten kilobytes of nothing in particular</p>\n" * 220
ROWS = 1000


def constant(request: HttpRequest) -> HttpResponse:
    """Ten constant kilobytes."""
    return HttpResponse(TEN_KILOBYTES)


def default(request: HttpRequest) -> HttpResponse:
    """One indexed SELECT, and a template that a real page might be."""
    from django.contrib.auth.models import User

    number = int(request.GET.get("n", "1")) % ROWS
    user = User.objects.get(username=f"user{number}")
    steps = [{"label": f"Step {n}", "note": "since today", "done": n < 4} for n in range(1, 9)]
    facts = [("Name", user.username), ("Mail", user.email), ("Since", user.date_joined)]
    return render(request, "floor.html", {"user": user, "steps": steps, "facts": facts})


urlpatterns = [path("", constant if settings.FLOOR == "constant" else default)]
if settings.FLOOR == "default":
    # As `startproject` leaves it.
    from django.contrib import admin

    urlpatterns.append(path("admin/", admin.site.urls))
