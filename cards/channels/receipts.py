"""Where the services report that a message arrived; they prove themselves by signature or by the key we gave them."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from cards.delivery import receipts

LONGEST = 256 * 1024


# Another server posts here, and it shows a key.
@csrf_exempt
@require_POST
def receipt(request: HttpRequest) -> HttpResponse:
    """Note what arrived; the same report again is answered the same, and changes nothing."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST:
        return HttpResponse(status=413)
    body = request.body
    shown = request.GET.get("key", "")
    stamp, signature = (request.headers.get(name, "") for name in ("X-Timestamp", "X-Signature"))
    if not receipts.is_genuine(shown, stamp, signature, body):
        return HttpResponse(status=403)
    try:
        receipts.record(receipts.read(json.loads(body)))
    except (receipts.ReceiptMalformed, UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        return HttpResponse(status=400)
    # The words both services look for.
    return JsonResponse({"code": 0, "msg": "OK", "result": 0, "errmsg": "OK"})


urlpatterns = [path("notices/receipt/", receipt, name="notice-receipt")]
