"""What editors work on before the public reads it: drafts of guides, and pictures."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from guidance.models.articles import SLUG, Article, GuideText


class DraftState(models.TextChoices):
    """Where a draft stands; what leads from one to the other is the table in `guidance/editing.py`."""

    WRITING = "writing", _("being written")
    IN_REVIEW = "in_review", _("waiting for review")
    SCHEDULED = "scheduled", _("approved, for a set time")
    PUBLISHED = "published", _("published")
    DISCARDED = "discarded", _("discarded")


ALREADY_WRITTEN_ON = _("Somebody is already writing on a guide with this address.")
OPEN = (DraftState.WRITING, DraftState.IN_REVIEW, DraftState.SCHEDULED)


class Draft(GuideText):
    """The next text of a guide, or the first of a new one; the public goes on reading the article meanwhile.

    `version` rises with every change, so whoever saves what is no longer the newest is told.
    """

    slug = models.CharField(_("address"), max_length=60, validators=[SLUG])
    article = models.ForeignKey(
        Article, models.CASCADE, null=True, blank=True, related_name="drafts", verbose_name=_("guide"), editable=False
    )
    related = models.ManyToManyField(Article, blank=True, related_name="+", verbose_name=_("related guides"))
    review_by = models.DateField(
        _("review by"),
        null=True,
        blank=True,
        help_text=_("When somebody must look at the guide again. Left empty: a year after it is published."),
    )
    state = models.CharField(
        _("state"), max_length=12, choices=DraftState.choices, default=DraftState.WRITING, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    begun_at = models.DateTimeField(_("begun"), auto_now_add=True)
    changed_at = models.DateTimeField(_("last change"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("last change by"),
    )
    # Everyone who wrote a word of it: none of them may review it.
    authors = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", editable=False, verbose_name=_("written by")
    )
    publish_at = models.DateTimeField(_("to be published at"), null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("approved by"),
    )
    note = models.TextField(_("note of the reviewer"), max_length=1000, blank=True, editable=False)
    history = HistoricalRecords(m2m_fields=["laws", "related"], excluded_fields=["begun_at", "changed_at"])

    class Meta:
        ordering = ("-changed_at",)
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(state__in=OPEN),
                name="one_open_draft_of_a_guide",
                violation_error_message=ALREADY_WRITTEN_ON,
            ),
            models.CheckConstraint(
                name="scheduled_draft_has_its_time_and_reviewer",
                condition=~Q(state=DraftState.SCHEDULED)
                | (Q(publish_at__isnull=False) & Q(approved_by__isnull=False)),
                violation_error_message=_(
                    "What is to be published at a set time needs that time and who approved it."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh or self.title_en or self.slug

    @property
    def open(self) -> bool:
        """Whether anything can still become of it."""
        return self.state in OPEN


class Picture(models.Model):
    """A picture for guides; the file lies among the media under its digest, and what it shows is said in words."""

    digest = models.CharField(
        max_length=32, unique=True, editable=False, validators=[RegexValidator("^[0-9a-f]{32}$")]
    )
    alt_zh = models.CharField(
        _("what it shows, in Chinese"),
        max_length=160,
        help_text=_("Read out to who cannot see it: say what matters in it, in one sentence."),
    )
    alt_en = models.CharField(_("what it shows, in English"), max_length=240)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    size = models.PositiveIntegerField(_("size in bytes"), editable=False)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("added by")
    )

    class Meta:
        ordering = ("-added_at",)
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return self.alt_zh

    @property
    def address(self) -> str:
        """Where readers get it; also what an editor writes: `![](address)`."""
        return f"/pictures/{self.digest}.webp"
