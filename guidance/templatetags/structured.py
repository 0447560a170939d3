"""What pages of the guides write that a template alone cannot: the data block, and words of the other language."""

from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from guidance.markdown import mark_chinese
from guidance.structured import graph, written

register = template.Library()


@register.simple_tag(takes_context=True)
def linked_data(context: template.Context) -> SafeString:
    """Write what machines may know of the guide on this page; needs page, text and last_reviewed."""
    page: Any = context["page"]
    text, reviewed = context["text"], context["last_reviewed"]
    data = graph(
        address=f"{page.canonical}?lang={page.language}",
        title=text.title,
        summary=text.summary,
        html=text.html,
        language="zh" if page.chinese else "en",
        office=_("Social Security Card Service"),
        hotline=page.hotline,
        reviewed=reviewed.isoformat() if reviewed else "",
    )
    # A data block is read by no script engine; `written` left nothing in it that could end it.
    return mark_safe(f'<script type="application/ld+json">{written(data)}</script>')  # noqa: S308


@register.simple_tag(takes_context=True)
def foreign(context: template.Context, text: str) -> SafeString:
    """Write words as they are; on an English page the Chinese among them are marked as such."""
    written_out = escape(text)
    # Escaped above; the mark is ours.
    return mark_safe(written_out if context["page"].chinese else mark_chinese(written_out))  # noqa: S308
