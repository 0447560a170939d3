"""`manage.py hotline_agi`: the voice line, served to the call centre's Asterisk by FastAGI."""

import signal
import threading
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cards.channels.hotline import prompts
from cards.channels.hotline.agi import VoiceServer


class Command(BaseCommand):
    """Serves calls until it is told to stop."""

    help = "Serve the voice line to Asterisk (FastAGI) on HOTLINE_AGI_BIND."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what is missing, then answer."""
        host, _colon, port = settings.HOTLINE_AGI_BIND.rpartition(":")
        if not host or not port.isdecimal():
            raise CommandError(f"HOTLINE_AGI_BIND must be address:port, not {settings.HOTLINE_AGI_BIND!r}.")
        for language in prompts.VOICES:
            if not prompts.voice_for(language):
                self.stderr.write(
                    f"No voice for {language}: only recorded prompts are played, and a call with one that was not "
                    "recorded goes to a person. Install espeak-ng."
                )
        with VoiceServer((host.strip("[]"), int(port))) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stop = threading.Event()

            def end(_signal: int, _frame: FrameType | None) -> None:
                stop.set()

            for told in (signal.SIGTERM, signal.SIGINT):
                signal.signal(told, end)
            self.stdout.write(f"The voice line answers on {host}:{server.server_address[1]}.")
            self.stdout.flush()
            while not stop.wait(3600):
                prompts.remove_old()
            server.shutdown()
