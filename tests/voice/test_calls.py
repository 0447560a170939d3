"""Whole calls over a real socket, as Asterisk leads them; the answer is the website's, and nothing is given away."""

import logging
import random
import shutil
import socket
import threading
import wave
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone, translation

from cards import case_reading
from cards.answers import answer_case, voice
from cards.answers.joining import sentences
from cards.case_file import Opening
from cards.channels.hotline import agi, prompts
from cards.models import AccessRecord, CallerEnquiry, Notice
from cards.notice_vocabulary import NoticeKind
from cards.vocabulary import AccessOutcome, Channel, Stage
from tests import factories as f
from tests.voice.asterisk import Caller, serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Every text has a sound; what it holds is tried by the tests of the prompts."""

    def named(text: str, language: str, *, slowly: bool = False) -> str:
        return f"{settings.VOICE_CACHE}/{language}/{prompts.name_of(text)}{'-slow' if slowly else ''}"

    monkeypatch.setattr(prompts, "file_of", named)


def last_four(application: Any) -> str:
    return application.holder.id_number[-4:].replace("X", "*")


def proof(application: Any) -> list[str | None]:
    return [f"{application.receipt_id}#", f"{last_four(application)}#"]


def dialled(keys: list[str | None], **how: Any) -> Caller:
    with serving() as address:
        return Caller(address, keys, **how).call()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("stage", [Stage.ACCEPTED, Stage.PRODUCING, Stage.READY, Stage.COLLECTED])
def test_the_caller_hears_the_sentences_of_the_website(settings: Any, stage: str, language: str) -> None:
    settings.DEFAULT_LANGUAGE = language
    application = f.walk_to(f.first_application(), stage)
    call = dialled([*proof(application), "0#"])
    with translation.override(language):
        opening = Opening(AccessOutcome.FOUND, application.holder_id)
        script = answer_case(case_reading.read_case(opening), opening).phone
        assert sentences(script)
        for sentence in sentences(script):
            assert call.was_told(sentence), sentence
    assert call.variables == {"VOICE_RESULT": "PERSON", "VOICE_LANGUAGE": language}
    record = AccessRecord.objects.get(channel=Channel.HOTLINE)
    assert (record.holder, record.user) == (application.holder, None)


@pytest.mark.parametrize("barges", [False, True])
@pytest.mark.parametrize("ended", ["#", ""])
def test_keys_are_taken_as_telephones_give_them(ended: str, barges: bool) -> None:
    application = f.first_application()
    keys = [f"{application.receipt_id}{ended}", f"{last_four(application)}{ended}", None]
    dialled(keys, barges=barges)
    assert AccessRecord.objects.get(channel=Channel.HOTLINE).outcome == AccessOutcome.FOUND


def test_a_loss_report_is_told_by_its_own_receipt(settings: Any) -> None:
    settings.DEFAULT_LANGUAGE = "en"
    report = f.oral_report()
    four = report.holder.id_number[-4:].replace("X", "*")
    call = dialled([f"{report.receipt_id}#", f"{four}#", None])
    assert call.was_told("Reported lost (temporary oral report).")


def test_an_unknown_receipt_and_wrong_characters_sound_alike() -> None:
    from cards.paper_number import new_paper_number

    application = f.first_application()
    wrong = "0000" if last_four(application) != "0000" else "1111"
    unknown = dialled([f"{new_paper_number('1')}#", "1234#", None])
    missed = dialled([f"{application.receipt_id}#", f"{wrong}#", None])
    assert unknown.heard == missed.heard
    with translation.override("zh-hans"):
        assert unknown.was_told(str(voice.NOT_FOUND))


def test_ten_misses_lock_the_voice_path_of_a_receipt_and_nothing_else(client: Any) -> None:
    application, other = f.first_application(), f.first_application()
    wrong = "0000" if last_four(application) != "0000" else "1111"
    for _ in range(5):
        dialled([f"{application.receipt_id}#", f"{wrong}#"] * 2 + [None])
    locked = dialled([*proof(application), None])
    with translation.override("zh-hans"):
        assert locked.was_told(str(voice.NOT_FOUND))
        assert not dialled([*proof(other), None]).was_told(str(voice.NOT_FOUND))
    answer = client.post("/status/", {"id_number": application.holder.id_number}, follow=True)
    assert answer.context["case"].outcome == "found"


def test_two_sends_a_message_to_the_phone_on_file_once_a_day(settings: Any) -> None:
    settings.DEFAULT_LANGUAGE = "en"
    application = f.first_application()
    call = dialled([*proof(application), "2#", "2#", None])
    assert call.was_told(str(voice.SENT))
    assert call.was_told(str(voice.NOT_SENT))
    notice = Notice.objects.get(kind=NoticeKind.PROGRESS_ASKED)
    assert (notice.address, notice.tail) == (application.holder.phone, application.receipt_id[-4:])
    from cards.delivery import outbox

    assert outbox.send_for(2) == 1
    (letter,) = Path(settings.NOTICE_FILE).read_text(encoding="utf-8").splitlines()
    assert "accepted" in letter
    assert application.receipt_id[-4:] in letter


def test_a_message_comes_in_the_language_that_was_heard(settings: Any) -> None:
    settings.DEFAULT_LANGUAGE = "zh-hans"
    dialled(["*", *proof(f.first_application()), "2", None])
    assert Notice.objects.get(kind=NoticeKind.PROGRESS_ASKED).language == "en"


@pytest.mark.parametrize("missing", ["service", "phone", "application"])
def test_no_message_is_offered_where_none_can_be_sent(settings: Any, missing: str) -> None:
    settings.DEFAULT_LANGUAGE = "en"
    if missing == "service":
        settings.SMS_BACKEND = ""
    if missing == "application":
        case: Any = f.oral_report()
    else:
        case = f.first_application(f.holder(phone="" if missing == "phone" else "13800000000"))
    call = dialled([*proof(case), "2", None])
    assert call.was_told(str(voice.WHAT_NOW_UNSENT))
    assert not call.was_told(str(voice.WHAT_NOW))
    assert not Notice.objects.filter(kind=NoticeKind.PROGRESS_ASKED).exists()


@pytest.mark.parametrize("barges", [False, True])
@pytest.mark.parametrize("key", ["*", "0"])
def test_nobody_waits_after_a_key_that_means_something_alone(settings: Any, key: str, barges: bool) -> None:
    settings.DEFAULT_LANGUAGE = "zh-hans"
    call = dialled([key, None], barges=barges)
    assert not [line for line in call.commands if line.startswith("GET DATA")]
    with translation.override("en" if key == "*" else "zh-hans"):
        assert call.was_told(str(voice.ASK_RECEIPT if key == "*" else voice.TO_A_PERSON))


def test_a_hash_key_pressed_too_late_neither_breaks_a_prompt_off_nor_counts_as_silence(settings: Any) -> None:
    settings.DEFAULT_LANGUAGE = "zh-hans"
    call = dialled(["*#", *proof(f.first_application()), "1#", "1#", None])
    with translation.override("en"):
        assert call.heard.count(prompts.name_of(str(voice.WHAT_NOW))) == 3
    assert not call.variables, "the caller hung up before anybody took over"


def test_one_repeats_it_slowly(settings: Any) -> None:
    settings.DEFAULT_LANGUAGE = "en"
    call = dialled([*proof(f.first_application()), "1#", None])
    assert any(name.endswith("-slow") for name in call.heard)


def test_out_of_hours_the_caller_hears_when_somebody_answers(settings: Any, time_machine: Any) -> None:
    settings.DEFAULT_LANGUAGE, settings.HOTLINE_HOURS = "en", "1-5 8:30-17:30"
    time_machine.move_to("2026-06-10T14:00:00+00:00")
    call = dialled([""])
    assert call.variables["VOICE_RESULT"] == "CLOSED"
    assert call.was_told(str(voice.NOBODY_NOW))
    assert call.was_told("Closed now; opens tomorrow at 8:30")


@pytest.mark.parametrize("keys", [[None], ["0#"], [""], ["#"], ["123#"] * 3, ["*#", None], ["9" * 40, None]])
def test_a_call_ends_quietly_wherever_it_ends(keys: list[str | None], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        dialled(keys)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_no_key_and_no_number_reaches_a_log_or_the_database(caplog: pytest.LogCaptureFixture) -> None:
    application = f.first_application()
    with caplog.at_level(logging.DEBUG):
        dialled([*proof(application), "2#", None])
    told = [record for record in caplog.records if record.name != "django.db"]
    text = "".join(f"{record.getMessage()} {record.__dict__}" for record in told)
    assert application.receipt_id not in text
    assert "13800000000" not in text
    row = CallerEnquiry.objects.get()
    assert row.tail == application.receipt_id[-4:]
    assert b"13800000000" not in bytes(row.caller)


def test_more_callers_listen_than_the_database_has_connections() -> None:
    """A pool of eight serves twelve who hear their answer at the same time: nobody keeps one while listening."""
    application, callers = f.first_application(), 12
    listening = threading.Barrier(callers)
    calls: list[Caller] = []

    class Listening(Caller):
        def answer(self, line: str) -> str:
            # The answer is being played; nobody goes on before everybody is there.
            if len(self.keys) == 1 and not listening.broken and not self.waited:
                self.waited = True
                listening.wait(20)
            return super().answer(line)

        waited = False

    def calls_in(address: Any) -> None:
        calls.append(Listening(address, [*proof(application), "0#"]).call())

    with serving() as address:
        threads = [threading.Thread(target=calls_in, args=(address,)) for _ in range(callers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(40)
    with translation.override("zh-hans"):
        assert [call.was_told(str(voice.WHAT_NOW)) for call in calls] == [True] * callers
    assert not listening.broken


def test_a_failure_behind_the_line_leads_to_a_person(monkeypatch: Any, caplog: pytest.LogCaptureFixture) -> None:
    application = f.first_application()

    def fails(*_args: Any, **_more: Any) -> None:
        raise RuntimeError(f"with {application.receipt_id} in it")

    monkeypatch.setattr(agi.enquiry, "look_up_with_last_four", fails)
    call = dialled(proof(application))
    assert call.variables["VOICE_RESULT"] == "PERSON"
    assert application.receipt_id not in caplog.text
    assert "RuntimeError" in caplog.text


def test_without_recording_and_voice_a_person_takes_over(monkeypatch: Any) -> None:
    monkeypatch.setattr(prompts, "file_of", lambda *_args, **_more: "")
    call = dialled(["1#"])
    assert call.variables["VOICE_RESULT"] == "PERSON"


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("192.0.2.7", False),
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("::ffff:192.0.2.7", False),
        ("fe80::1%eth0", False),
    ],
)
def test_only_this_machine_and_the_configured_peers_may_speak(settings: Any, address: str, may: bool) -> None:
    settings.HOTLINE_AGI_PEERS = ["10.1.0.0/16", "unix"]
    assert agi.is_peer(address) is may


def test_the_line_listens_on_either_kind_of_address() -> None:
    """HOTLINE_AGI_BIND may be [::1]:4573."""
    for host in ("127.0.0.1", "::1"):
        with agi.VoiceServer((host, 0)) as server:
            assert server.server_address[0] == host


def test_nonsense_from_the_other_side_ends_the_call_and_not_the_server() -> None:
    lot = random.Random(20261126)
    with serving() as address:
        for number in range(300):
            with socket.create_connection(address, timeout=10) as connection:
                noise = bytes(lot.randrange(256) for _ in range(lot.randrange(1, 3000)))
                start = b"agi_network: yes\n\n" if number % 2 else b""
                try:
                    connection.sendall(start + noise + (b"\n200 result=0\n" * 3 if number % 3 else b""))
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(4096):
                        pass
                except (BrokenPipeError, ConnectionResetError):
                    pass
        assert Caller(address, ["0#"]).call().variables["VOICE_RESULT"] == "PERSON"


# --- prompts --------------------------------------------------------------------------------------------------------


class TestPrompts:
    """Files of sound, real ones."""

    @pytest.fixture(autouse=True)
    def silent(self) -> None:
        """Here the real function speaks."""

    def test_a_recording_comes_before_the_voice(self, settings: Any) -> None:
        recorded = Path(settings.VOICE_PROMPTS) / "en" / f"{prompts.name_of('Thank you.')}.wav"
        recorded.parent.mkdir(parents=True)
        recorded.write_bytes(b"RIFF")
        assert prompts.file_of("Thank you.", "en") == str(recorded.with_suffix(""))

    def test_without_a_voice_there_is_no_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(prompts, "voice_for", lambda _language: "")
        assert prompts.file_of("Thank you.", "en") == ""

    def test_numbers_are_read_digit_by_digit(self) -> None:
        said = "电话0 1 0 0 0 0 0 0 0 0 0，2 0 2 6年11月26日"
        assert prompts.spoken("Call 12333.", "en") == "Call 1 2 3 3 3."
        assert prompts.spoken("电话010-00000000，2026年11月26日", "zh-hans") == said
        assert prompts.spoken("26 November 2026, 24:00", "en") == "26 November 2026, 24:00"

    @pytest.mark.parametrize(
        ("written", "said"), [("24:00失效", "24点失效"), ("明天8:30开", "明天8点30分开"), ("08:05", "8点05分")]
    )
    def test_times_of_day_are_read_in_chinese_as_people_say_them(self, written: str, said: str) -> None:
        assert prompts.spoken(written, "zh-hans") == said

    @pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
    @pytest.mark.parametrize(
        ("language", "text"), [("en", "Your card is being made."), ("zh-hans", "您的卡正在制作。")]
    )
    def test_what_was_not_recorded_is_spoken_as_telephones_play_it(self, language: str, text: str) -> None:
        prompts.voice_for.cache_clear()
        lengths = {}
        for slowly in (False, True):
            file = prompts.file_of(text, language, slowly=slowly)
            with wave.open(f"{file}.wav") as sound:
                assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8000, 1, 2)
                frames = sound.readframes(sound.getnframes())
                lengths[slowly] = sound.getnframes()
            assert len(set(frames)) > 50, "silence"
        assert lengths[True] > 1.2 * lengths[False]
        assert lengths[False] > 4000

    def test_old_ones_are_removed_and_recordings_stay(self, settings: Any, time_machine: Any) -> None:
        for place in (settings.VOICE_CACHE, settings.VOICE_PROMPTS):
            path = Path(place) / "en" / "x.wav"
            path.parent.mkdir(parents=True)
            path.touch()
        time_machine.move_to(timezone.now() + timezone.timedelta(days=8))
        assert prompts.remove_old() == 1
        assert (Path(settings.VOICE_PROMPTS) / "en" / "x.wav").exists()

    def test_every_fixed_sentence_is_listed_with_its_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        from django.core.management import call_command

        call_command("hotline_prompts")
        lines = capsys.readouterr().out.splitlines()
        for language in ("zh-hans", "en"):
            with translation.override(language):
                for text in voice.PHRASES:
                    assert f"{language}/{prompts.name_of(str(text))}.wav\t{text}" in lines
