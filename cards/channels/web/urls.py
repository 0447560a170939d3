"""Addresses of the web channel."""

from django.urls import path

from cards.channels.web import enquiry, lost_card, notices, public, times, verify, wechat
from cards.channels.web.situation import pages as situation

urlpatterns = [
    path("status/", enquiry.status, name="status"),
    path("status/answer/", enquiry.answer, name="status-answer"),
    path("status/code/", enquiry.code, name="status-code"),
    path("status/number/", enquiry.number, name="status-number"),
    path("status/looks/", enquiry.looks, name="status-looks"),
    path("status/notices/", notices.notices, name="status-notices"),
    path("status/wechat/", wechat.wechat, name="status-wechat"),
    path("status/end/", enquiry.end, name="status-end"),
    path("status/forgotten/", enquiry.forgotten, name="status-forgotten"),
    path("lost-card/", situation.guide, name="lost-card"),
    path("lost-card/dates.ics", situation.dates, name="lost-card-dates"),
    path("lost-card/report/", lost_card.report, name="lost-card-report"),
    path("lost-card/report/done/", lost_card.reported, name="lost-card-reported"),
    path("verify/", verify.verify, name="verify"),
    path("verify/keys.json", verify.keys, name="verify-keys"),
    path("contact/", public.contact, name="contact"),
    path("outlets/", public.outlets, name="outlets"),
    path("processing-times/", times.processing_times, name="processing-times"),
]
