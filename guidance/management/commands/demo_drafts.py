"""`manage.py demo_drafts`: a demonstration of the editors' desk, with one draft to review and one to write on."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from guidance import editing
from guidance.editing import DraftAction
from guidance.models import Article, Draft

TO_REVIEW = ("fees", "summary_zh", "挂失不收费，补卡工本费20元。首次办卡、到期换卡都免费。")
# With what the desk warns of: a sentence too long, and a link that leads nowhere.
TO_WRITE = (
    "first-card",
    "body_en",
    "\n\n## Still to be written\n\nThis part tells, in one sentence that is on purpose much too long to be taken in "
    "at once by anybody who reads it standing in a queue, what is [still missing](/guides/not-written-yet/).\n",
)


class Command(BaseCommand):
    """Makes two drafts, once."""

    help = "Make two drafts of guides in a demonstration (DEMO=1): one waits for review, one is being written."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do nothing where somebody has written already."""
        if not settings.DEMO:
            raise CommandError("This is not a demonstration: invented drafts have no place among real ones.")
        editor = get_user_model().objects.filter(username="editor").first()
        if editor is None or Draft.objects.exists():
            return
        slug, field, text = TO_REVIEW
        draft = self._written(slug, field, text, editor)
        editing.take(draft, DraftAction.SUBMIT, editor, version=draft.version)
        slug, field, text = TO_WRITE
        self._written(slug, field, getattr(Article.objects.get(slug=slug), field) + text, editor)

    @staticmethod
    def _written(slug: str, field: str, text: str, editor: Any) -> Draft:
        draft = editing.begin(Article.objects.get(slug=slug), editor)
        setattr(draft, field, text)
        editing.write(draft, editor)
        return draft
