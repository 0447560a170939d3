"""What readers tell the editors."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from guidance.models.articles import Article


class MissedSearch(models.Model):
    """Words that no guide holds and readers told us about; on how many days, and how often."""

    words = models.CharField(_("searched for"), max_length=40, unique=True)
    times = models.PositiveIntegerField(_("times"), default=1)
    days = models.PositiveIntegerField(_("on different days"), default=1)
    last_day = models.DateField(_("last on"))

    class Meta:
        ordering = ("-days", "-times", "words")
        verbose_name = _("search without result")
        verbose_name_plural = _("searches without result")

    def __str__(self) -> str:
        return self.words


class Opinion(models.Model):
    """Whether a guide was of use to a reader, and what was left to say; nothing about who."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="opinions", verbose_name=_("guide"))
    useful = models.BooleanField(_("of use"))
    words = models.TextField(_("words"), max_length=500, blank=True)
    language = models.CharField(_("language"), max_length=8)
    day = models.DateField(_("day"))

    class Meta:
        ordering = ("-day", "-pk")
        verbose_name = _("reader's opinion")
        verbose_name_plural = _("readers' opinions")
        indexes = [models.Index(fields=["article", "day"], name="opinion_of_article")]

    def __str__(self) -> str:
        return f"{self.article} {self.day:%Y-%m-%d}"
