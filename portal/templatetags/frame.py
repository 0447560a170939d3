"""The parts of the frame that are the same on every page, rendered once per language and display."""

from django import template
from django.conf import settings
from django.template.loader import get_template

from portal.context import Page

register = template.Library()
_rendered: dict[tuple[str, str, str, bool], str] = {}


@register.simple_tag(takes_context=True)
def shared(context: template.Context, name: str) -> str:
    """Render a component that depends on language, display and demo alone; kept in memory, because every page pays."""
    page: Page = context["page"]
    key = (name, page.language, page.mode, page.demo)
    html = _rendered.get(key)
    if html is None:
        html = get_template(name).render({"page": page._replace(path="", canonical="")})
        if not settings.DEBUG:
            _rendered[key] = html
    return html
