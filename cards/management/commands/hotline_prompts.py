"""`manage.py hotline_prompts`: every sentence an office may record for the voice line, with the name of its file."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from cards.answers import voice, wording
from cards.answers.joining import as_sentence
from cards.channels.hotline.prompts import VOICES, name_of


class Command(BaseCommand):
    """Lists language, file and sentence; sentences with a date in them are always spoken by the machine."""

    help = "List the sentences an office may record for the voice line, with the names of their files."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each."""
        titles = [said.title for said in wording.STAGES.values()]
        titles += [said.title for said in wording.LOSSES.values()]
        rest = [said.next for said in wording.STAGES.values()]
        for language in VOICES:
            with translation.override(language):
                texts = [str(text) for text in (*voice.PHRASES, *rest)] + [as_sentence(str(text)) for text in titles]
                for text in dict.fromkeys(text for text in texts if "%(" not in text):
                    self.stdout.write(f"{language}/{name_of(text)}.wav\t{text}")
