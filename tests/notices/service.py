"""A double of the services for text messages on loopback: it checks signatures, templates and limits as they do.

It takes every message it is sent, also twice, and can be asked what it took: so whoever sends twice is found out. Its
signatures are worked out here from the vendors' descriptions, not by the code under test.
"""

import hashlib
import hmac
import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

KEY_ID, SECRET, SIGN_NAME, APP_ID = "key-of-the-test", "secret-of-the-test", "示例卡中心", "1400000000"
TEMPLATES = ("SMS_1", "SMS_2")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Service:
    """What was taken, and how the next calls are answered."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, dict[str, Any]]] = []
        self.asked = 0
        self.answers: list[str] = []
        self.lock = threading.Lock()
        self.nonces: set[str] = set()
        self.busy = 0
        service = self

        class Handler(BaseHTTPRequestHandler):
            # Head and body in one packet: two would wait for each other.
            wbufsize = -1

            def do_POST(self) -> None:
                with service.lock:
                    service.busy += 1
                try:
                    body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                    status, told = service.answer(self.path, dict(self.headers.items()), body)
                    text = json.dumps(told).encode()
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(text)))
                    self.end_headers()
                    self.wfile.write(text)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the caller was killed while it waited
                finally:
                    with service.lock:
                        service.busy -= 1

            def log_message(self, *_args: Any) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            # The default of 5 makes the sixth caller at once wait a second for its connection.
            request_queue_size = 128

            def handle_error(self, *_args: Any) -> None:
                pass

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def twice(self) -> list[str]:
        """The message numbers that were taken more than once."""
        return [number for number, times in Counter(number for number, _to, _told in self.taken).items() if times > 1]

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        headers = {name.lower(): value for name, value in headers.items()}
        if "x-acs-action" in headers:
            return self.aliyun(dict(parse_qsl(urlsplit(path).query)), headers, body)
        if "x-tc-action" in headers:
            return self.tencent(headers, body)
        return self.webhook(headers, body)

    def _next(self) -> str:
        with self.lock:
            return self.answers.pop(0) if self.answers else ""

    def _take(self, number: str, to: str, told: dict[str, Any]) -> str:
        with self.lock:
            self.taken.append((number, to, told))
            return f"biz{len(self.taken)}"

    def aliyun(self, query: dict[str, str], headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        names = sorted(name for name in headers if name == "host" or name.startswith("x-acs-"))
        canonical = "POST\n/\n"
        canonical += "&".join(f"{quote(n, safe='-_.~')}={quote(query[n], safe='-_.~')}" for n in sorted(query))
        canonical += "\n" + "".join(f"{name}:{headers[name].strip()}\n" for name in names)
        canonical += f"\n{';'.join(names)}\n{digest(body)}"
        signature = hmac.new(SECRET.encode(), f"ACS3-HMAC-SHA256\n{digest(canonical.encode())}".encode(), "sha256")
        expected = (
            f"ACS3-HMAC-SHA256 Credential={KEY_ID},SignedHeaders={';'.join(names)},Signature={signature.hexdigest()}"
        )
        if headers.get("authorization") != expected:
            return 400, {"Code": "SignatureDoesNotMatch"}
        with self.lock:
            if headers["x-acs-signature-nonce"] in self.nonces:
                return 400, {"Code": "SignatureNonceUsed"}
            self.nonces.add(headers["x-acs-signature-nonce"])
        if headers["x-acs-action"] == "QuerySendDetails":
            with self.lock:
                self.asked += 1
                found = [{"OutId": number} for number, to, _ in self.taken if to == query["PhoneNumber"]]
            return 200, {"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": found}}
        if code := self._next():
            return 200, {"Code": code}
        if query["SignName"] != SIGN_NAME:
            return 200, {"Code": "isv.SMS_SIGNATURE_ILLEGAL"}
        if query["TemplateCode"] not in TEMPLATES:
            return 200, {"Code": "isv.SMS_TEMPLATE_ILLEGAL"}
        if any(len(value) > 35 for value in json.loads(query["TemplateParam"]).values()):
            return 200, {"Code": "isv.PARAM_LENGTH_LIMIT"}
        biz = self._take(query["OutId"], query["PhoneNumbers"], query)
        return 200, {"Code": "OK", "BizId": biz}

    def tencent(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        at = int(headers["x-tc-timestamp"])
        scope = headers["authorization"].split("/", 1)[1].split(",")[0]
        lines = f"content-type:{headers['content-type']}\nhost:{headers['host']}\n"
        lines += f"x-tc-action:{headers['x-tc-action'].lower()}\n"
        canonical = f"POST\n/\n\n{lines}\ncontent-type;host;x-tc-action\n{digest(body)}"
        key = f"TC3{SECRET}".encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), "sha256").digest()
        text = f"TC3-HMAC-SHA256\n{at}\n{scope}\n{digest(canonical.encode())}"
        signature = hmac.new(key, text.encode(), "sha256").hexdigest()
        if not headers["authorization"].endswith(f"Signature={signature}"):
            return 200, {"Response": {"Error": {"Code": "AuthFailure.SignatureFailure"}}}
        told = json.loads(body)
        if headers["x-tc-action"] == "PullSmsSendStatusByPhoneNumber":
            with self.lock:
                self.asked += 1
                found = [
                    {"SessionContext": number, "SerialNo": "serial"}
                    for number, to, _ in self.taken
                    if to == told["PhoneNumber"]
                ]
            return 200, {"Response": {"PullSmsSendStatusSet": found}}
        code = self._next()
        if not code and (told["TemplateId"] not in TEMPLATES or told["SmsSdkAppId"] != APP_ID):
            code = "InvalidParameterValue.TemplateParameterFormatError"
        if code:
            return 200, {"Response": {"SendStatusSet": [{"Code": code}]}}
        biz = self._take(told["SessionContext"], told["PhoneNumberSet"][0], told)
        return 200, {"Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": biz}]}}

    def webhook(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        text = f"{headers['x-timestamp']}.".encode() + body
        if hmac.new(SECRET.encode(), text, "sha256").hexdigest() != headers["x-signature"]:
            return 403, {}
        told = json.loads(body)
        if code := self._next():
            return int(code), {}
        with self.lock:
            if any(number == told["number"] for number, _to, _told in self.taken):
                return 409, {"id": "known"}
        return 200, {"id": self._take(told["number"], told["to"], told)}
