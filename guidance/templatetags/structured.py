"""The data block of a guide."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

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
