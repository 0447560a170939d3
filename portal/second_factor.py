"""The second factor of staff: a code at sign-in, and its enrolment by somebody who has none yet."""

import base64
from typing import Any

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import login as otp_login
from django_otp import user_has_device
from django_otp.admin import OTPAdminAuthenticationForm
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

RECOVERY_CODES = 10
APP_DIGITS = 6


class StaffSignIn(OTPAdminAuthenticationForm):
    """Name, password, and the code of the second factor, in one step."""

    otp_error_messages = OTPAdminAuthenticationForm.otp_error_messages | {
        "token_required": _("Enter the code from your authenticator app, or one of your recovery codes."),
        "invalid_token": _("This code is wrong or was used before. Wait for the next one in your app."),
        "device_required": _("This code is wrong or was used before. Wait for the next one in your app."),
    }

    def clean_otp(self, user: Any) -> None:
        """Ask for the code; somebody without any device goes on to enrol one, and can do nothing else."""
        if user is not None and user_has_device(user):
            super().clean_otp(user)

    def _chosen_device(self, user: Any) -> Any:
        """The device by the look of the code: trying every one would count as a failure on the others."""
        token = self.cleaned_data.get("otp_token", "")
        model = TOTPDevice if len(token) == APP_DIGITS and token.isdecimal() else StaticDevice
        return model.objects.select_for_update().filter(user=user, confirmed=True).first()

    def _update_form(self, user: Any) -> None:
        """Leave the form as it is: the password is not sent back to the browser."""


def sign_in_form() -> type[AdminAuthenticationForm]:
    """The form of the sign-in page under the setting in force."""
    return StaffSignIn if settings.REQUIRE_STAFF_OTP else AdminAuthenticationForm


def has_to_enrol(request: HttpRequest) -> bool:
    """Whether this is a member of staff who signed in by password and has no second factor yet."""
    user: Any = request.user  # with `is_verified`, which django-otp puts there
    return bool(
        settings.REQUIRE_STAFF_OTP
        and user.is_active
        and getattr(user, "is_staff", False)
        and not user.is_verified()
        and not user_has_device(user)
    )


@never_cache
@csrf_protect
@sensitive_post_parameters()
def enrol(request: HttpRequest) -> HttpResponse:
    """Give a new member of staff a second factor: make a key, have a first code typed, hand out recovery codes."""
    if not has_to_enrol(request):
        return HttpResponseRedirect(reverse("admin:index"))
    if request.method != "POST":
        return _page(request)
    device, _new = TOTPDevice.objects.get_or_create(
        user=request.user, confirmed=False, defaults={"name": "authenticator"}
    )
    token = "".join(request.POST.get("token", "").split())
    if not token:
        return _page(request, device=device)
    with transaction.atomic():
        if not device.verify_token(token):
            return _page(request, device=device, wrong=True)
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        codes = _recovery_codes(request.user)
    otp_login(request, device)
    return _page(request, codes=codes)


def _recovery_codes(user: Any) -> list[str]:
    """Fresh codes that work once each, shown now and never again."""
    device = StaticDevice.objects.create(user=user, name="recovery")
    codes = [StaticToken.random_token() for _each in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def _picture(device: TOTPDevice) -> SafeString:
    """The key as a QR code, part of the page: an address of its own would bring the key into logs and caches."""
    # Its tables fill three megabytes that a worker needs only on the day somebody enrols.
    import segno

    code = segno.make_qr(device.config_url, error="m")
    return mark_safe(  # noqa: S308  (made of nothing but the code)
        code.svg_inline(svgclass="qr", lineclass=None, light="#fff", omitsize=True)
    )


def _page(
    request: HttpRequest, *, device: TOTPDevice | None = None, wrong: bool = False, codes: list[str] | None = None
) -> HttpResponse:
    key = base64.b32encode(device.bin_key).decode().rstrip("=") if device else ""
    groups = " ".join(key[at : at + 4] for at in range(0, len(key), 4))
    context = {"key": groups, "picture": _picture(device) if device else "", "wrong": wrong, "codes": codes or []}
    return TemplateResponse(request, "admin/second_factor.html", context)
