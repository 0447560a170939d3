"""Asterisk as far as a FastAGI server sees it: its variables, its answers, its habits with keys, and a caller."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cards.channels.hotline import agi, prompts

VARIABLES = {
    "agi_network": "yes",
    "agi_request": "agi://127.0.0.1/card",
    "agi_channel": "SIP/12333-00000001",
    "agi_language": "zh",
    "agi_uniqueid": "1767225600.1",
    "agi_callerid": "13800000000",
    "agi_context": "hotline",
    "agi_extension": "12333",
}


class Caller:
    """A telephone at the other end of one call. `keys` are what the caller presses, one entry per question.

    An entry is what is pressed before the caller waits: `123456789012#`, `1234` (and the time runs out), `` for
    silence, None for a hang-up. A caller with `barges` presses the first key while a prompt is played.
    """

    def __init__(self, address: Any, keys: "list[str | None]", *, barges: bool = False, **variables: str) -> None:
        self.keys, self.barges = list(keys), barges
        self.heard: list[str] = []
        self.commands: list[str] = []
        self.variables: dict[str, str] = {}
        self.left: str | None = None
        self.connection = socket.create_connection(address, timeout=20)
        self.stream = self.connection.makefile("rwb")
        told = VARIABLES | {f"agi_{name}": value for name, value in variables.items()}
        self.send("".join(f"{name}: {value}\n" for name, value in told.items()) + "\n")

    def send(self, text: str) -> None:
        self.stream.write(text.encode())
        self.stream.flush()

    def call(self) -> "Caller":
        """Answer commands until the server is done."""
        try:
            while line := self.stream.readline().decode().strip():
                self.commands.append(line)
                self.send(self.answer(line))
        except (BrokenPipeError, ConnectionResetError):
            pass
        self.connection.close()
        return self

    def answer(self, line: str) -> str:
        if line.startswith("ANSWER"):
            return "200 result=0\n"
        if line.startswith("SET VARIABLE"):
            name, value = line.split('"')[1], line.split('"')[3]
            self.variables[name] = value
            return "200 result=1\n"
        if line.startswith("WAIT FOR DIGIT"):
            return self.waited_for()
        file = line.split('"')[1]
        if file != "silence/1":
            self.heard.append(file.rsplit("/", 1)[-1])
        if line.startswith("STREAM FILE"):
            return self.streamed(line.split('"')[3])
        if line.startswith("GET DATA"):
            return self.data(int(line.split('"')[5]))
        return "510 Invalid or unknown command\n"

    def streamed(self, breaks_off: str) -> str:
        """A prompt: what is left of the last entry falls into it, and is lost unless it may break the prompt off."""
        left, self.left = self.left, None
        if not left and self.barges and self.keys and self.keys[0]:
            left = self.keys.pop(0)
            self.left = left[1:]
        if left and left[0] in breaks_off:
            return f"200 result={ord(left[0])} endpos=1234\n"
        return "200 result=0 endpos=8000\n"

    def waited_for(self) -> str:
        """One key, by the number of its character; 0 for silence."""
        if not self.begins():
            return self.hung_up()
        if not self.left:
            self.left = None
            return "200 result=0\n"
        key, self.left = self.left[0], self.left[1:]
        return f"200 result={ord(key)}\n"

    def data(self, most: int) -> str:
        if not self.begins():
            return self.hung_up()
        typed, ended, _rest = (self.left or "").partition("#")
        self.left = None
        if len(typed) >= most:
            return f"200 result={typed[:most]}\n"
        return f"200 result={typed}\n" if ended else f"200 result={typed} (timeout)\n"

    def begins(self) -> bool:
        """Whether there is an entry to take keys from; otherwise the caller hangs up."""
        if self.left is None:
            self.left = self.keys.pop(0) if self.keys else None
        return self.left is not None

    def hung_up(self) -> str:
        return "HANGUP\n" if len(self.commands) % 2 else "200 result=-1\n"

    def was_told(self, text: str, *, slowly: bool = False) -> bool:
        return f"{prompts.name_of(text)}{'-slow' if slowly else ''}" in self.heard


@contextmanager
def serving() -> Iterator[Any]:
    """The server on a free port; gives its address."""
    with agi.VoiceServer(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server.server_address
        server.shutdown()
        thread.join()
