"""Text messages over HTTP: Aliyun, Tencent, and a signed webhook for any other service."""

import json
import re
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from cards.delivery import signing
from cards.delivery.calling import call
from cards.delivery.outcomes import Letter, NotSent, OutcomeUnknown, Refused
from cards.rules import CHINA

_CODE = re.compile(r"[^\w.-]+")
# What a service says when it is too much at once; so long the whole way rests. A limit of one number rests alone.
BUSY = {
    "isv.BUSINESS_LIMIT_CONTROL": 0,
    "Throttling": 60,
    "Throttling.User": 60,
    "isv.DAY_LIMIT_CONTROL": 3600,
    "RequestLimitExceeded": 60,
    "LimitExceeded.AppDailyLimit": 3600,
    "LimitExceeded.PhoneNumberOneHourLimit": 0,
    "LimitExceeded.PhoneNumberThirtySecondLimit": 0,
    "LimitExceeded.PhoneNumberDailyLimit": 0,
}
_AGAIN = ("isp.", "InternalError", "ServiceUnavailable", "FailedOperation.FailResolvePacket")


def ended(code: Any) -> Exception:
    """What a code of a service other than "taken" means."""
    code = _CODE.sub("_", str(code))[:60] or "no_code"
    if code in BUSY:
        return NotSent(code, BUSY[code])
    return NotSent(code) if code.startswith(_AGAIN) else Refused(code)


def template_of(letter: Letter) -> str:
    """The template of a kind in a language; in Chinese where the service has none in another."""
    known: dict[str, str] = settings.SMS_TEMPLATES
    found = known.get(f"{letter.kind}.{letter.language}") or known.get(letter.kind)
    if not found:
        raise Refused("no_template")
    return found


# What templates ask for; the words between are part of the template that the service approved.
PARAMETERS = ("day", "did", "receipt", "number")


def parameters_of(letter: Letter) -> dict[str, str]:
    """The parts of a message that a template has places for, in the order of the docs; empty parts are left out."""
    return {name: letter.message.fields[name] for name in PARAMETERS if letter.message.fields[name]}


def international(phone: str) -> str:
    """A number with its country; without one it is one of ours."""
    return phone if phone.startswith("+") else f"+86{phone}"


class Aliyun:
    """Short Message Service of Aliyun, SendSms and QuerySendDetails (2017-05-25)."""

    def send(self, letter: Letter) -> str:
        """Hand over; `OutId` carries the message number."""
        told = self._call(
            "SendSms",
            PhoneNumbers=letter.to.removeprefix("+86"),
            SignName=settings.SMS_SIGN_NAME,
            TemplateCode=template_of(letter),
            TemplateParam=json.dumps(parameters_of(letter), ensure_ascii=False),
            OutId=letter.number,
        )
        if told.get("Code") != "OK":
            raise ended(told.get("Code"))
        return str(told.get("BizId", ""))

    def find(self, letter: Letter) -> str | None:
        """Look through what was sent to this number on the days of the attempt."""
        first = letter.begun_at.astimezone(CHINA).date()
        for day in dict.fromkeys((first, datetime.now(CHINA).date())):
            told = self._call(
                "QuerySendDetails",
                PhoneNumber=letter.to.removeprefix("+86"),
                SendDate=day.strftime("%Y%m%d"),
                PageSize="50",
                CurrentPage="1",
            )
            if told.get("Code") != "OK":
                raise NotSent("cannot_ask")
            details = told.get("SmsSendDetailDTOs", {}).get("SmsSendDetailDTO", [])
            if any(detail.get("OutId") == letter.number for detail in details):
                return "found"
        return None

    def _call(self, action: str, **query: str) -> dict[str, Any]:
        address = settings.SMS_API or "https://dysmsapi.aliyuncs.com"
        headers = signing.acs3(
            key_id=settings.SMS_KEY_ID,
            secret=settings.SMS_SECRET,
            host=urlsplit(address).netloc,
            action=action,
            version="2017-05-25",
            query=query,
            nonce=secrets.token_hex(16),
            at=datetime.now(UTC),
        )
        _status, told = call(f"{address}/?{signing.percent_encoded(query)}", b"", headers)
        return told if isinstance(told, dict) else {}


class Tencent:
    """Short Message Service of Tencent Cloud, SendSms and PullSmsSendStatusByPhoneNumber (2021-01-11)."""

    def send(self, letter: Letter) -> str:
        """Hand over; `SessionContext` carries the message number."""
        told = self._call(
            "SendSms",
            PhoneNumberSet=[international(letter.to)],
            SmsSdkAppId=settings.SMS_APP_ID,
            SignName=settings.SMS_SIGN_NAME,
            TemplateId=template_of(letter),
            TemplateParamSet=list(parameters_of(letter).values()),
            SessionContext=letter.number,
        )
        one = (told.get("SendStatusSet") or [{}])[0]
        if one.get("Code") != "Ok":
            raise ended(one.get("Code"))
        return str(one.get("SerialNo", ""))

    def find(self, letter: Letter) -> str | None:
        """Look through what was sent to this number since the attempt."""
        told = self._call(
            "PullSmsSendStatusByPhoneNumber",
            PhoneNumber=international(letter.to),
            SmsSdkAppId=settings.SMS_APP_ID,
            BeginTime=int((letter.begun_at - timedelta(minutes=5)).timestamp()),
            EndTime=int(time.time()) + 300,
            Offset=0,
            Limit=100,
        )
        for one in told.get("PullSmsSendStatusSet") or []:
            if one.get("SessionContext") == letter.number:
                return str(one.get("SerialNo", "")) or "found"
        return None

    def _call(self, action: str, **fields: Any) -> dict[str, Any]:
        address = settings.SMS_API or "https://sms.tencentcloudapi.com"
        body = json.dumps(fields).encode()
        headers = signing.tc3(
            key_id=settings.SMS_KEY_ID,
            secret=settings.SMS_SECRET,
            host=urlsplit(address).netloc,
            service="sms",
            action=action,
            version="2021-01-11",
            region=settings.SMS_REGION,
            body=body,
            at=int(time.time()),
        )
        _status, told = call(address, body, headers)
        inner = told.get("Response") if isinstance(told, dict) else None
        if not isinstance(inner, dict):
            raise OutcomeUnknown("no_response")
        if "Error" in inner:
            raise ended(inner["Error"].get("Code"))
        return inner


class Webhook:
    """Any other service: a signed POST; the same `number` is taken once, which makes a second attempt harmless."""

    def send(self, letter: Letter) -> str:
        """Hand over; 409 says that the number was taken before."""
        body = json.dumps(
            {
                "number": letter.number,
                "to": letter.to,
                "kind": letter.kind,
                "language": letter.language,
                "title": letter.message.title,
                "text": letter.message.text,
            },
            ensure_ascii=False,
        ).encode()
        at = str(int(time.time()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": letter.number,
            "X-Timestamp": at,
            "X-Signature": signing.webhook_signature(settings.SMS_SECRET, at, body),
        }
        status, told = call(settings.SMS_API, body, headers)
        if status in (200, 201, 202, 409):
            return _CODE.sub("_", str(told.get("id", "")) if isinstance(told, dict) else "")[:80]
        raise OutcomeUnknown(f"http_{status}") if status >= 500 else Refused(f"http_{status}")

    def find(self, letter: Letter) -> str | None:
        """Nothing to ask: the number makes a repetition harmless."""
        return None
