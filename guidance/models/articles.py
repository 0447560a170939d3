"""Topics, articles and quoted law in both languages, and the version of the whole that caches ask for."""

import hashlib
import json
import uuid
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

SLUG = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*$", _("Use lower-case letters a–z and digits, with single hyphens between.")
)
SITUATION = RegexValidator(
    r"^/lost-card/(\?[a-z]+=[a-z_]+(&[a-z]+=[a-z_]+)*)?$",
    _("Enter an address of the situation guide, such as /lost-card/?what=lost."),
)
# No guide goes longer without being looked at.
REVIEWED_AGAIN_AFTER = timedelta(days=365)
# Addresses under /guides/ that belong to other pages.
RESERVED_SLUGS = ("search",)


def paragraphs(text: str) -> list[str]:
    """Split a text at its blank lines."""
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]


class Shipped(models.Model):
    """Text that comes with the portal and that editors may change."""

    # Of the text as `load_guides` put it here; a different digest of the row means that an editor changed it.
    loaded_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True

    def text(self) -> dict:
        """Return what counts as this row's text, in plain values."""
        raise NotImplementedError

    def digest(self) -> str:
        """Return the fingerprint of the text as it stands."""
        return digest_of(self.text())

    @property
    def edited(self) -> bool:
        """Whether an editor changed the text since it was loaded, or wrote it in the first place."""
        return self.digest() != self.loaded_digest


def digest_of(text: dict) -> str:
    """Return the fingerprint of a text given as plain values."""
    # Browsers send line ends as CR LF; that alone is no change.
    plain = {
        name: value.replace("\r\n", "\n").strip() if isinstance(value, str) else value for name, value in text.items()
    }
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class Topic(Shipped):
    """A shelf on which guides stand together."""

    FIELDS = ("name_zh", "name_en", "order")

    slug = models.CharField(_("address"), max_length=60, unique=True, validators=[SLUG])
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        ordering = ("order", "slug")
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return f"{self.name_zh} · {self.name_en}"

    def text(self) -> dict:
        """Return the names and the place on the list."""
        return {name: getattr(self, name) for name in self.FIELDS}


class LegalText(Shipped):
    """A piece of law: what it is called, what it says where we quote it, and what it means for the portal.

    Quote and meaning are plain text, one blank line between paragraphs; a quoted law has one meaning per paragraph.
    """

    FIELDS = (
        "name_zh",
        "name_en",
        "article_zh",
        "article_en",
        "source_zh",
        "source_en",
        "quote_zh",
        "quote_en",
        "meaning_zh",
        "meaning_en",
        "order",
    )

    slug = models.CharField(_("address"), max_length=60, unique=True, validators=[SLUG])
    name_zh = models.CharField(_("law in Chinese"), max_length=120)
    name_en = models.CharField(_("law in English"), max_length=160)
    article_zh = models.CharField(_("article in Chinese"), max_length=80, blank=True)
    article_en = models.CharField(_("article in English"), max_length=80, blank=True)
    source_zh = models.CharField(_("source in Chinese"), max_length=200)
    source_en = models.CharField(_("source in English"), max_length=240)
    amended_on = models.DateField(_("amended on"), null=True, blank=True)
    quote_zh = models.TextField(_("quoted text (Chinese original)"), blank=True)
    quote_en = models.TextField(_("our own English rendering of the quote"), blank=True)
    meaning_zh = models.TextField(_("what it means here, in Chinese"))
    meaning_en = models.TextField(_("what it means here, in English"))
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    history = HistoricalRecords(excluded_fields=["loaded_digest"])

    class Meta:
        ordering = ("order", "slug")
        verbose_name = _("legal text")
        verbose_name_plural = _("legal texts")

    def __str__(self) -> str:
        return f"{self.name_zh}{self.article_zh}"

    def text(self) -> dict:
        """Return everything a reader sees, with the amendment date as text."""
        amended = self.amended_on.isoformat() if self.amended_on else ""
        return {name: getattr(self, name) for name in self.FIELDS} | {"amended_on": amended}

    def clean(self) -> None:
        """Refuse a quote whose translation or meaning has another number of paragraphs."""
        counts = {len(paragraphs(text)) for text in (self.quote_zh, self.quote_en)}
        if self.quote_zh or self.quote_en:
            counts |= {len(paragraphs(text)) for text in (self.meaning_zh, self.meaning_en)}
        if len(counts) > 1:
            raise ValidationError(
                _(
                    "The quote, its rendering and both meanings need the same number of paragraphs, "
                    "so that each has its pair."
                )
            )


class GuideText(models.Model):
    """What a guide consists of, as an editor writes it: in both languages, with its shelf, law and situation."""

    FIELDS = ("title_zh", "title_en", "summary_zh", "summary_en", "body_zh", "body_en", "order")

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="%(class)ss", verbose_name=_("topic"))
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    title_zh = models.CharField(_("title in Chinese"), max_length=60, blank=True)
    title_en = models.CharField(_("title in English"), max_length=90, blank=True)
    summary_zh = models.CharField(_("summary in Chinese"), max_length=160, blank=True)
    summary_en = models.CharField(_("summary in English"), max_length=240, blank=True)
    body_zh = models.TextField(_("text in Chinese"), blank=True)
    body_en = models.TextField(_("text in English"), blank=True)
    laws = models.ManyToManyField(LegalText, blank=True, related_name="%(class)ss", verbose_name=_("rests on"))
    situation = models.CharField(
        _("situation"),
        max_length=120,
        blank=True,
        validators=[SITUATION],
        help_text=_("Where a reader finds the steps of the own case, such as /lost-card/?what=lost."),
    )

    class Meta:
        abstract = True

    slug: "models.CharField[str, str]"

    def clean(self) -> None:
        """Refuse an address that another page has; both kinds of text have an address."""
        if self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": _("This address belongs to another page. Choose another word.")})


class Article(GuideText, Shipped):
    """A guide as the public reads it, or read it: Markdown as written, HTML as `publishing` rendered it."""

    slug = models.CharField(_("address"), max_length=60, unique=True, validators=[SLUG])
    html_zh = models.TextField(blank=True, editable=False)
    html_en = models.TextField(blank=True, editable=False)
    contents_zh = models.JSONField(default=list, blank=True, editable=False)
    contents_en = models.JSONField(default=list, blank=True, editable=False)
    related = models.ManyToManyField("self", blank=True, symmetrical=False, verbose_name=_("related guides"))
    published = models.BooleanField(_("published"), default=False)
    last_reviewed = models.DateField(_("last reviewed"), null=True, blank=True)
    review_by = models.DateField(_("review by"), null=True, blank=True)
    history = HistoricalRecords(
        excluded_fields=["html_zh", "html_en", "contents_zh", "contents_en", "loaded_digest"],
        m2m_fields=["laws", "related"],
    )

    class Meta:
        ordering = ("topic__order", "order", "slug")
        verbose_name = _("guide")
        verbose_name_plural = _("guides")
        permissions = [("publish_article", "Can publish a guide and take it back")]
        constraints = [
            models.CheckConstraint(
                name="published_guide_has_both_languages",
                condition=models.Q(published=False)
                | ~(
                    models.Q(title_zh="")
                    | models.Q(title_en="")
                    | models.Q(summary_zh="")
                    | models.Q(summary_en="")
                    | models.Q(body_zh="")
                    | models.Q(body_en="")
                ),
                violation_error_message=_("A published guide needs title, summary and text in both languages."),
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh or self.title_en or self.slug

    def text(self) -> dict:
        """Return everything a reader sees, with topic, laws and related guides by address."""
        # A guide without a situation has the fingerprint it had before there were any.
        situation = {"situation": self.situation} if self.situation else {}
        return (
            {name: getattr(self, name) for name in self.FIELDS}
            | situation
            | {
                "topic": self.topic.slug,
                "laws": sorted(self.laws.values_list("slug", flat=True)) if self.pk else [],
                "related": sorted(self.related.values_list("slug", flat=True)) if self.pk else [],
            }
        )


def new_version() -> str:
    """Return a value never seen before, so that a rolled-back version cannot come back with other content."""
    return uuid.uuid4().hex


class ContentVersion(models.Model):
    """One row whose value changes with every change of a guide; caches compare it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    value = models.CharField(max_length=32, default=new_version)

    class Meta:
        constraints = [models.CheckConstraint(name="content_version_is_one_row", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return self.value
