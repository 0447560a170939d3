"""The signatures of the two services for text messages, and of our own webhook."""

import hashlib
import hmac
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

# How many seconds the clocks of two servers may differ, and how long a copy of a report could be sent again.
SKEW = 300


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def percent_encoded(values: Mapping[str, str]) -> str:
    """A query string as it is signed: sorted, everything escaped but letters, digits and `-_.~`."""
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(values.items()))


def acs3(
    *,
    key_id: str,
    secret: str,
    host: str,
    action: str,
    version: str,
    query: Mapping[str, str],
    nonce: str,
    at: datetime,
) -> dict[str, str]:
    """The headers of an Aliyun call whose parameters stand in the query and whose body is empty (ACS3-HMAC-SHA256)."""
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": _sha256(b""),
        "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = "\n".join(["POST", "/", percent_encoded(query), lines, names, headers["x-acs-content-sha256"]])
    signed = f"ACS3-HMAC-SHA256\n{_sha256(canonical.encode())}"
    signature = hmac.new(secret.encode(), signed.encode(), "sha256").hexdigest()
    return headers | {
        "Authorization": f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={signature}"
    }


def tc3(
    *, key_id: str, secret: str, host: str, service: str, action: str, version: str, region: str, body: bytes, at: int
) -> dict[str, str]:
    """The headers of a Tencent call with a JSON body (TC3-HMAC-SHA256); `at` is the time in seconds."""
    kind = "application/json; charset=utf-8"
    names = "content-type;host;x-tc-action"
    lines = f"content-type:{kind}\nhost:{host}\nx-tc-action:{action.lower()}\n"
    canonical = "\n".join(["POST", "/", "", lines, names, _sha256(body)])
    day = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
    scope = f"{day}/{service}/tc3_request"
    signed = f"TC3-HMAC-SHA256\n{at}\n{scope}\n{_sha256(canonical.encode())}"
    key = f"TC3{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.new(key, signed.encode(), "sha256").hexdigest()
    return {
        "Authorization": f"TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={names}, Signature={signature}",
        "Content-Type": kind,
        "Host": host,
        "X-TC-Action": action,
        "X-TC-Timestamp": str(at),
        "X-TC-Version": version,
        "X-TC-Region": region,
    }


def webhook_signature(secret: str, at: str, body: bytes) -> str:
    """What stands in `X-Signature` of our webhook and of the receipts that come back to it."""
    return hmac.new(secret.encode(), f"{at}.".encode() + body, "sha256").hexdigest()


def is_signed(secret: str, at: str, signature: str, body: bytes) -> bool:
    """Whether a body that was posted to us bears such a signature, made within five minutes of now."""
    expected = webhook_signature(secret, at, body)
    signed = hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
    return signed and at.isascii() and at.isdigit() and len(at) < 12 and abs(time.time() - int(at)) <= SKEW
