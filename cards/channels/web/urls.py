"""Addresses of the web channel."""

from django.urls import path

from cards.channels.web import enquiry, public, verify

urlpatterns = [
    path("status/", enquiry.status, name="status"),
    path("status/answer/", enquiry.answer, name="status-answer"),
    path("status/code/", enquiry.code, name="status-code"),
    path("status/number/", enquiry.number, name="status-number"),
    path("status/end/", enquiry.end, name="status-end"),
    path("status/forgotten/", enquiry.forgotten, name="status-forgotten"),
    path("verify/", verify.verify, name="verify"),
    path("verify/keys.json", verify.keys, name="verify-keys"),
    path("contact/", public.contact, name="contact"),
    path("outlets/", public.outlets, name="outlets"),
]
