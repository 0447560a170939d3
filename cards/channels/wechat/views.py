"""The address the platform calls: every message is answered once, and a repetition gets the answer it got."""

from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cards.channels.wechat import conversation, protocol
from cards.models import AnsweredMessage
from cards.services.wechat import is_set_up

# What the platform wants to read where there is nothing to say; anything else it would show as a fault.
NOTHING_TO_SAY = b"success"


# Another server posts here, and it signs what it posts.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def callback(request: HttpRequest) -> HttpResponse:
    """Prove that the address is ours, or answer a message; whatever is not from the platform gets a quiet 403."""
    if not is_set_up():
        raise Http404
    query = request.GET.dict()
    try:
        if request.method == "GET":
            return HttpResponse(protocol.echo(query), content_type="text/plain")
        body = request.read(protocol.LONGEST + 1)
        if len(body) > protocol.LONGEST:
            return HttpResponse(status=413)
        message = protocol.receive(query, body)
    except protocol.MessageRefused:
        return HttpResponse(status=403)
    text = _answer(message)
    if not text:
        return HttpResponse(NOTHING_TO_SAY, content_type="text/plain")
    return HttpResponse(protocol.reply(message, text), content_type="application/xml")


def _answer(message: protocol.Message) -> str:
    """What is said to a message; a second one of the same key waits for the first and reads what came of it.

    The row, what the message brings about and what is said stand in one transaction, so each falls with the others.
    """
    with transaction.atomic():
        row = AnsweredMessage(key=message.key, reply="", at=timezone.now())
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            return AnsweredMessage.objects.get(key=message.key).reply
        text = conversation.answer(message)
        AnsweredMessage.objects.filter(key=message.key).update(reply=text)
    return text


urlpatterns = [path("wechat/callback/", callback, name="wechat-callback")]
