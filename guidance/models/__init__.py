"""Guides, topics and law, the editors' drafts and pictures, and what readers say of them."""

from guidance.models.articles import (
    RESERVED_SLUGS,
    REVIEWED_AGAIN_AFTER,
    SITUATION,
    SLUG,
    Article,
    ContentVersion,
    GuideText,
    LegalText,
    Shipped,
    Topic,
    digest_of,
    new_version,
    paragraphs,
)
from guidance.models.editing import ALREADY_WRITTEN_ON, OPEN, Draft, DraftState, Picture
from guidance.models.feedback import MissedSearch, Opinion

__all__ = [
    "ALREADY_WRITTEN_ON",
    "OPEN",
    "RESERVED_SLUGS",
    "REVIEWED_AGAIN_AFTER",
    "SITUATION",
    "SLUG",
    "Article",
    "ContentVersion",
    "Draft",
    "DraftState",
    "GuideText",
    "LegalText",
    "MissedSearch",
    "Opinion",
    "Picture",
    "Shipped",
    "Topic",
    "digest_of",
    "new_version",
    "paragraphs",
]
