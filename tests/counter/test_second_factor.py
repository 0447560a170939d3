"""The second factor of staff: required, enrolled once, and enough only together with the password."""

import re
from base64 import b32encode
from typing import Any

import pytest
import segno
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "a long pass phrase"
ENROL = "/admin/second-factor/"


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    """As in production."""
    settings.REQUIRE_STAFF_OTP = True


@pytest.fixture
def user(db: Any) -> Any:
    """A member of staff who may see something."""
    user = factories.UserFactory(is_superuser=True)
    user.set_password(PASSWORD)
    user.save()
    return user


def browser() -> Client:
    """A browser in English."""
    return Client(headers={"accept-language": "en"})


def sign_in(client: Client, user: Any, token: str = "") -> Any:
    """Send the sign-in form and follow."""
    data = {"username": user.username, "password": PASSWORD, "otp_token": token, "next": "/admin/"}
    return client.post("/admin/login/", data, follow=True)


def code_of(device: TOTPDevice) -> str:
    """The code the app shows now."""
    return f"{totp(device.bin_key):06d}"


def test_without_a_second_factor_only_its_enrolment_opens(user: Any) -> None:
    client = browser()
    page = sign_in(client, user)
    assert page.request["PATH_INFO"] == ENROL
    for address in ("/admin/", "/admin/cards/cardholder/", "/admin/cards/application/"):
        assert client.get(address).status_code == 302
    assert not TOTPDevice.objects.exists()


def test_a_second_factor_is_set_up_and_then_asked_for(user: Any) -> None:
    client = browser()
    sign_in(client, user)
    page = client.post(ENROL).content.decode()
    device = TOTPDevice.objects.get(user=user)
    assert re.search(r'class="code">(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}<', page)
    wrong = client.post(ENROL, {"token": "000000" if code_of(device) != "000000" else "111111"})
    assert "This code is wrong." in wrong.content.decode()
    assert client.get("/admin/").status_code == 302
    TOTPDevice.objects.update(throttling_failure_count=0)
    done = client.post(ENROL, {"token": code_of(device)}).content.decode()
    codes = re.findall(r'<li class="code">(\w+)</li>', done)
    assert len(codes) == 10
    assert client.get("/admin/").status_code == 200
    assert client.get(ENROL).status_code == 302

    other = browser()
    assert "Enter the code from your authenticator app" in sign_in(other, user).content.decode()
    assert other.get("/admin/").status_code == 302
    assert sign_in(other, user, token=codes[0]).request["PATH_INFO"] == "/admin/"
    assert other.get("/admin/").status_code == 200
    used = sign_in(browser(), user, token=codes[0])
    assert "This code is wrong or was used before." in used.content.decode()


def test_the_key_comes_as_a_picture_too_and_nowhere_else(user: Any, caplog: pytest.LogCaptureFixture) -> None:
    client = browser()
    sign_in(client, user)
    answer = client.post(ENROL)
    page = answer.content.decode()
    device = TOTPDevice.objects.get(user=user)
    key = b32encode(device.bin_key).decode()
    [picture] = re.findall(r'<svg [^>]*class="qr".*?</svg>', page, re.DOTALL)
    assert "style=" not in picture
    assert "no-store" in answer["Cache-Control"]
    assert key not in caplog.text
    assert key not in page.replace(picture, "")  # as text only in groups of four
    assert (
        segno.make_qr(device.config_url, error="m").svg_inline(
            svgclass="qr", lineclass=None, light="#fff", omitsize=True
        )
        == picture
    )
    assert f"secret={key}" in device.config_url
    assert "issuer=12333" in device.config_url


def test_the_code_of_the_app_opens_once(user: Any) -> None:
    device = TOTPDevice.objects.create(user=user, name="authenticator")
    token = code_of(device)
    assert sign_in(browser(), user, token=token).request["PATH_INFO"] == "/admin/"
    assert "This code is wrong or was used before." in sign_in(browser(), user, token=token).content.decode()


def test_a_wrong_code_of_the_app_costs_no_recovery_code(user: Any) -> None:
    TOTPDevice.objects.create(user=user, name="authenticator")
    recovery = StaticDevice.objects.create(user=user, name="recovery")
    StaticToken.objects.create(device=recovery, token="abcd2345")
    sign_in(browser(), user, token="123456")
    recovery.refresh_from_db()
    assert recovery.throttling_failure_count == 0
    assert sign_in(browser(), user, token="abcd2345").request["PATH_INFO"] == "/admin/"


def test_the_password_does_not_come_back_with_the_page(user: Any) -> None:
    TOTPDevice.objects.create(user=user, name="authenticator")
    assert PASSWORD not in sign_in(browser(), user).content.decode()


def test_somebody_with_a_second_factor_cannot_enrol_another_by_password_alone(user: Any) -> None:
    TOTPDevice.objects.create(user=user, name="authenticator")
    client = browser()
    client.force_login(user)
    client.post(ENROL)
    assert TOTPDevice.objects.count() == 1
    assert client.get("/admin/").status_code == 302


def test_a_demonstration_needs_none(user: Any, settings: Any) -> None:
    settings.REQUIRE_STAFF_OTP = False
    assert sign_in(browser(), user).request["PATH_INFO"] == "/admin/"
