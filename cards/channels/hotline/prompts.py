"""Texts as sound files: what the office recorded, otherwise what espeak-ng speaks, kept for a while.

A file is named by the digest of its very words. A recording whose sentence has changed is therefore heard no longer,
and what is spoken cannot drift from what the website says.
"""

import array
import hashlib
import logging
import os
import re
import shutil
import subprocess
import sys
import time
import wave
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from django.conf import settings

logger = logging.getLogger("cards.voice")
# What Asterisk plays from a .wav without another module.
RATE = 8000
WORDS_A_MINUTE, SLOWLY = 165, 110
SPEAKING_SECONDS = 20
KEPT = 7 * 86400
# Debian 12: the voice `cmn` reads every character as its English name, the other one as people speak.
VOICES = {"zh-hans": ("cmn-latn-pinyin", "cmn"), "en": ("en-gb", "en")}


_TIME = re.compile(r"(?<![0-9:])([0-9]{1,2}):([0-5][0-9])(?![0-9:])")


def name_of(text: str) -> str:
    """The name of the file of a text, without its ending."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def file_of(text: str, language: str, *, slowly: bool = False) -> str:
    """The sound of a text as Asterisk asks for it, without its ending; empty where there is none and no voice."""
    name = name_of(text)
    recorded = Path(settings.VOICE_PROMPTS) / language / name
    if any(recorded.with_suffix(ending).exists() for ending in (".wav", ".ulaw", ".alaw")):
        return str(recorded)
    made = Path(settings.VOICE_CACHE) / language / (f"{name}-slow" if slowly else name)
    path = made.with_suffix(".wav")
    if path.exists():
        os.utime(path)
        return str(made)
    return str(made) if _speak(text, language, SLOWLY if slowly else WORDS_A_MINUTE, path) else ""


@lru_cache(maxsize=4)
def voice_for(language: str) -> str:
    """The voice of espeak-ng for a language; empty where the program or the voice is missing."""
    program = shutil.which("espeak-ng")
    if program is None:
        return ""
    listed = subprocess.run(  # noqa: S603
        [program, "--voices"], capture_output=True, text=True, timeout=SPEAKING_SECONDS, check=False
    )
    known = {line.split()[1] for line in listed.stdout.splitlines()[1:] if len(line.split()) > 1}
    return next((voice for voice in VOICES[language] if voice in known), "")


def spoken(text: str, language: str) -> str:
    """The text as it has to be read: service numbers and years digit by digit, Chinese times of day with 点 and 分."""
    if language == "zh-hans":
        text = _TIME.sub(lambda found: f"{int(found[1])}点" + (f"{found[2]}分" if found[2] != "00" else ""), text)
    text = re.sub(r"[0-9][0-9-]{3,}[0-9]", lambda found: " ".join(found[0].replace("-", "")), text)
    return re.sub(r"([0-9]{4})(?=年)", lambda found: " ".join(found[1]), text)


def _speak(text: str, language: str, speed: int, path: Path) -> bool:
    """Have a text spoken into a file; the text goes through a pipe, because arguments of a program can be read."""
    voice = voice_for(language)
    if not voice:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}-{time.monotonic_ns()}.part")
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "--stdin", "-w", str(part)]
    try:
        subprocess.run(  # noqa: S603
            command, input=spoken(text, language).encode(), timeout=SPEAKING_SECONDS, check=True, capture_output=True
        )
        _to_telephone(part)
        part.replace(path)
    except (OSError, subprocess.SubprocessError, wave.Error) as problem:
        # Only the kind of the error: its text would hold the command and perhaps what was spoken.
        logger.error("A prompt cannot be spoken: %s.", type(problem).__name__)
        part.unlink(missing_ok=True)
        return False
    return True


def _to_telephone(path: Path) -> None:
    """Bring a spoken file to 8,000 samples a second, each the mean of what falls into its time."""
    with wave.open(str(path)) as spoken:
        rate, width = spoken.getframerate(), spoken.getsampwidth()
        if (spoken.getnchannels(), width) != (1, 2):
            raise wave.Error("another form")
        samples = array.array("h", spoken.readframes(spoken.getnframes()))
    if sys.byteorder == "big":
        samples.byteswap()
    count = len(samples) * RATE // rate
    bounds = [number * rate // RATE for number in range(count + 1)]
    told = array.array("h", (sum(samples[a : max(b, a + 1)]) // max(b - a, 1) for a, b in pairwise(bounds)))
    if sys.byteorder == "big":
        told.byteswap()
    with wave.open(str(path), "wb") as telephone:
        telephone.setnchannels(1)
        telephone.setsampwidth(2)
        telephone.setframerate(RATE)
        telephone.writeframes(told.tobytes())


def remove_old() -> int:
    """Remove what was spoken and not heard for a week; what was recorded stays. Returns how many."""
    cutoff, removed = time.time() - KEPT, 0
    for path in Path(settings.VOICE_CACHE).glob("*/*"):
        if path.stat().st_mtime < cutoff:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
