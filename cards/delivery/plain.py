"""E-mail, and the two senders of development: a file and the console."""

import fcntl
import json
import os
import smtplib
import sys
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from cards.delivery.outcomes import Letter, NotSent, OutcomeUnknown, Refused


def masked(address: str) -> str:
    """The end of an address: files and consoles are no place for the whole of it."""
    name, at, host = address.rpartition("@")
    return f"{name[:1]}…@{host}" if at else f"…{address[-4:]}"


class Email:
    """SMTP, as `EMAIL_URL` says; the message number is the Message-ID, so that a repetition is seen as one."""

    def send(self, letter: Letter) -> str:
        """Hand over to the mail server."""
        host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
        told = f"<{letter.number}@{host}>"
        message = EmailMessage(
            f"{letter.message.title} · {letter.message.fields['number']}",
            letter.message.text,
            to=[letter.to],
            headers={"Message-ID": told, "Auto-Submitted": "auto-generated"},
            connection=get_connection(timeout=10),
        )
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise (Refused if code >= 500 else NotSent)(f"smtp_{code}") from None
        except smtplib.SMTPResponseException as error:
            raise (Refused if error.smtp_code >= 500 else NotSent)(f"smtp_{error.smtp_code}") from None
        except (smtplib.SMTPServerDisconnected, TimeoutError):
            raise OutcomeUnknown("answer_lost") from None
        except OSError:
            raise NotSent("unreachable") from None
        return told

    def find(self, letter: Letter) -> str | None:
        """A mail server cannot be asked."""
        return None


class File:
    """One line of JSON for each letter, in `NOTICE_FILE`; for development and the demonstration."""

    def send(self, letter: Letter) -> str:
        """Append the line; it is on the disk before this returns."""
        line = json.dumps(
            {"number": letter.number, "to": masked(letter.to), "kind": letter.kind, "text": letter.message.text},
            ensure_ascii=False,
        )
        path = Path(settings.NOTICE_FILE)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())
        return "file"

    def find(self, letter: Letter) -> str | None:
        """Look for its line."""
        path = Path(settings.NOTICE_FILE)
        if not path.exists():
            return None
        with path.open(encoding="utf-8") as file:
            return "file" if any(f'"number": "{letter.number}"' in line for line in file) else None


class Console:
    """Written to where the worker runs."""

    def send(self, letter: Letter) -> str:
        """Write it."""
        sys.stdout.write(f"[{masked(letter.to)}] {letter.message.text}\n")
        return "console"

    def find(self, letter: Letter) -> str | None:
        """What was written is gone."""
        return None
