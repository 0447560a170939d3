"""The voice line as Asterisk hears it: a FastAGI server that plays what the state machine says and passes on the keys.

Nothing keyed in, nothing of a number and nothing spoken reaches a log; a call that ends at any point just ends.
"""

import ipaddress
import logging
import re
import socket
import socketserver
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone, translation

from cards import case_reading, enquiry, notices, services
from cards.actors import Actor
from cards.answers import answer_case, answer_report, voice
from cards.answers.joining import sentences
from cards.answers.opening import hotline_state
from cards.case_file import Opening
from cards.channels.hotline import prompts
from cards.channels.hotline.voice import Call, Errand, Found, Phrase, Step, begin, keyed, told
from cards.hours import told_state
from cards.models import Application, LossReport
from cards.vocabulary import AccessOutcome, Channel, Party

logger = logging.getLogger("cards.voice")
CALLER = Actor(Party.HOLDER, Channel.HOTLINE)
SILENCE_SECONDS = 8
LONGEST_LINE, MOST_LINES, MOST_TURNS, MOST_HASHES = 1024, 100, 40, 3
IDLE_SECONDS = 60.0
_ANSWER = re.compile(r"200 result=([0-9*#-]*)")
# The hash key only ends a number: pressed too late, it falls into the next prompt and must not break it off.
KEYS = "0123456789*"


class HungUp(Exception):
    """The call is over, or the other side is no Asterisk."""


class Asterisk:
    """The other end of one call: one command, one answer, line by line, each of bounded length."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.variables: dict[str, str] = {}

    def read_variables(self) -> None:
        """The lines before the first command; an empty one ends them."""
        for _ in range(MOST_LINES):
            line = self._line()
            if not line:
                return
            name, _colon, value = line.partition(":")
            self.variables[name.strip()] = value.strip()
        raise HungUp

    def _line(self) -> str:
        line = self.stream.readline(LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise HungUp
        return line.decode("utf-8", "replace").strip()

    def do(self, *words: str) -> str:
        """Give a command; return its result."""
        quoted = ['"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words[1:]]
        self.stream.write((" ".join([words[0], *quoted]) + "\n").encode())
        self.stream.flush()
        answer = _ANSWER.match(self._line())
        # HANGUP comes between two answers; what is no answer at all comes from nobody we know.
        if answer is None or answer[1] == "-1":
            raise HungUp
        return answer[1]

    def hear(self, files: Sequence[str], most: int, alone: str = "") -> str:
        """Play files, any of which a key breaks off; return up to `most` keys, without the hash key at the end.

        The first key is asked for by itself: after one that means something alone nobody waits for more.
        """
        first = ""
        for file in files:
            first = _key(self.do("STREAM FILE", file, KEYS))
            if first and most:
                break
        if not most:
            return ""
        for _ in range(MOST_HASHES):
            first = first or _key(self.do("WAIT FOR DIGIT", str(SILENCE_SECONDS * 1000)))
            if first != "#":
                break
            first = ""
        if not first:
            return ""
        if most == 1 or first in alone:
            return first
        more = self.do("GET DATA", "silence/1", str(SILENCE_SECONDS * 1000), str(most - 1))
        return (first + more).rstrip("#")


def _key(code: str) -> str:
    """The key that Asterisk names by the number of its character; nothing for none."""
    return chr(int(code)) if code not in ("", "0") else ""


@contextmanager
def database() -> Iterator[None]:
    """The database for a moment: callers listen for minutes, and must not keep a connection from the next ones."""
    try:
        yield
    finally:
        close_old_connections()


class Unspoken(Exception):
    """A text has neither a recording nor a voice."""


def answer_call(line: Asterisk) -> str:
    """Lead a call to its end; returns how it ended: `PERSON` or `CLOSED`, which the dialplan goes on with."""
    call = begin(settings.DEFAULT_LANGUAGE)
    for _ in range(MOST_TURNS):
        with translation.override(call.language):
            if call.errand is not None:
                with database():
                    outcome = _carry_out(call, line.variables)
                call = told(call, outcome)
                continue
            if call.step == Step.PERSON:
                break
            keys = line.hear([_sound(phrase, call.language) for phrase in call.say], call.most, call.alone)
        call = keyed(call, keys)
    return _to_person(line, call)


def _to_person(line: Asterisk, call: Call) -> str:
    """Say that a person takes over, or when one will be there."""
    now = timezone.now()
    with translation.override(call.language):
        with database():
            state = hotline_state(now)
        closed = (voice.NOBODY_NOW, told_state(state, now), voice.CALL_AGAIN, voice.GOODBYE)
        said = (*call.say, *map(Phrase, (voice.TO_A_PERSON,) if state.open else closed))
        line.hear([_sound(phrase, call.language) for phrase in said], 0)
    line.do("SET VARIABLE", "VOICE_LANGUAGE", call.language)
    return "PERSON" if state.open else "CLOSED"


def _sound(phrase: Phrase, language: str) -> str:
    spoken_in = phrase.language or language
    with translation.override(spoken_in):
        file = prompts.file_of(str(phrase.text), spoken_in, slowly=phrase.slowly)
    if not file:
        raise Unspoken
    return file


def _carry_out(call: Call, variables: dict[str, str]) -> Any:
    """What an errand comes to: what was found, or whether a message goes out."""
    if call.errand == Errand.LOOK_UP:
        opening = enquiry.look_up_with_last_four(call.receipt, call.last_four, actor=CALLER)
        if opening.outcome != AccessOutcome.FOUND:
            return None
        services.note_caller(variables.get("agi_callerid", ""), call.receipt)
        told_sentences = tuple(sentences(_spoken_answer(opening, call.receipt)))
        case = _case_of(call.receipt)
        return Found(told_sentences, may_send=case is not None and notices.may_answer_by_message(case))
    case = _case_of(call.receipt)
    return case is not None and notices.answer_by_message(case, timezone.now(), language=call.language)


def _case_of(number: str) -> Application | None:
    return Application.objects.of_paper(number).select_related("holder").first()


def _spoken_answer(opening: Opening, number: str) -> str:
    """The phone script of the case of a paper; of a loss report where the paper is one's."""
    case = case_reading.read_case_of_paper(opening, number)
    if case.applications:
        return answer_case(case, opening).phone
    report = LossReport.objects.of(opening.holder_id).filter(receipt=number).first()
    return answer_report(report, case.now).phone if report else answer_case(case, opening).phone


class _Handler(socketserver.StreamRequestHandler):
    timeout = IDLE_SECONDS

    def handle(self) -> None:
        stream = _Both(self.rfile, self.wfile)
        line = Asterisk(stream)
        try:
            line.read_variables()
            line.do("ANSWER")
            line.do("SET VARIABLE", "VOICE_RESULT", _result_of(line))
        except (HungUp, OSError):
            pass


def _result_of(line: Asterisk) -> str:
    """How a call ended; where the line itself fails, a person takes over."""
    try:
        return answer_call(line)
    except (HungUp, OSError):
        raise
    except Exception as problem:
        # Only the kind: the text of an error may hold what was keyed in.
        logger.error("The voice line failed: %s.", type(problem).__name__)
        return "PERSON"


class _Both:
    """Reading and writing end of a connection as one."""

    def __init__(self, reader: Any, writer: Any) -> None:
        self.readline, self.write, self.flush = reader.readline, writer.write, writer.flush


class VoiceServer(socketserver.ThreadingTCPServer):
    """Answers the call centre's Asterisk, and nobody else."""

    allow_reuse_address = daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler)

    def verify_request(self, _request: Any, client_address: Any) -> bool:
        """Whether a peer may speak here: this machine, or one that is configured."""
        return is_peer(client_address[0])

    def handle_error(self, _request: Any, _client_address: Any) -> None:
        """Log that it failed, and not what the caller sent."""
        logger.error("A call of the voice line could not be served.")


def is_peer(address: str) -> bool:
    """Whether an address is this machine's or one of HOTLINE_AGI_PEERS."""
    peer = ipaddress.ip_address(address.partition("%")[0])
    # ::ffff:192.0.2.1 is how a listener for both kinds of addresses writes an old one.
    peer = getattr(peer, "ipv4_mapped", None) or peer
    # A socket, which the other lists of networks may name, is no way to come here.
    networks = (ipaddress.ip_network(one, strict=False) for one in settings.HOTLINE_AGI_PEERS if one != "unix")
    return peer.is_loopback or any(peer in network for network in networks)
