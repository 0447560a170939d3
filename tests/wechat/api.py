"""A double of the platform's interface on loopback: it checks tokens, templates, fields and limits as documented."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.wechat.platform import APP_ID, SECRET

TEMPLATE = "TEMPLATE-OF-THE-TEST"
FIELDS = {
    "title": "thing1",
    "day": "time2",
    "receipt": "character_string3",
    "number": "character_string4",
    "hotline": "phone_number5",
}
# What the platform takes in a field, by its kind.
ALLOWED = {
    "thing": r".{1,20}",
    "time": r".{1,32}",
    "character_string": r"[ -~]{1,32}",
    "phone_number": r"[0-9+-]{1,17}",
}


class Api:
    """What was asked and sent, and how the next calls are answered."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.tokens: list[str] = []
        self.forced = 0
        self.answers: list[int] = []
        api = self

        class Handler(BaseHTTPRequestHandler):
            wbufsize = -1

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
                parts = urlsplit(self.path)
                told = json.dumps(api.answer(parts.path, parse_qs(parts.query), body)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> dict[str, Any]:
        if path == "/cgi-bin/stable_token":
            return self.token(body)
        if path != "/cgi-bin/message/subscribe/bizsend":
            return {"errcode": 40066, "errmsg": "invalid url"}
        if query.get("access_token") != self.tokens[-1:]:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        if self.answers and (code := self.answers.pop(0)):
            return {"errcode": code, "errmsg": "as told"}
        return self.take(body)

    def token(self, body: dict[str, Any]) -> dict[str, Any]:
        if (body.get("grant_type"), body.get("appid"), body.get("secret")) != ("client_credential", APP_ID, SECRET):
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        self.forced += bool(body.get("force_refresh"))
        if not self.tokens or body.get("force_refresh"):
            self.tokens.append(f"token-{len(self.tokens) + 1}")
        return {"access_token": self.tokens[-1], "expires_in": 7200}

    def take(self, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("template_id") != TEMPLATE:
            return {"errcode": 40037, "errmsg": "invalid template_id"}
        for name, field in body["data"].items():
            kind = name.rstrip("0123456789")
            if name not in FIELDS.values() or not re.fullmatch(ALLOWED[kind], field["value"]):
                return {"errcode": 47003, "errmsg": f"argument invalid! data.{name}.value invalid"}
        self.sent.append(body)
        return {"errcode": 0, "errmsg": "ok", "msgid": len(self.sent)}
