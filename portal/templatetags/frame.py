"""The parts of the frame that are the same on every page, rendered once per language and display."""

from django import template
from django.conf import settings
from django.template.base import Parser, Token
from django.template.loader import get_template

from portal.context import Page

register = template.Library()
_rendered: dict[tuple[str, str, str, bool], str] = {}


class Shared(template.Node):
    """A component that depends on language, display and demo alone; kept in memory, because every page pays."""

    def __init__(self, name: str) -> None:
        """Remember which."""
        self.name = name

    def render(self, context: template.Context) -> str:
        """Render it without the page's own address, unless that was done before."""
        page: Page = context["page"]
        key = (self.name, page.language, page.mode, page.demo)
        html = _rendered.get(key)
        if html is None:
            html = get_template(self.name).render({"page": page._replace(path="", canonical="")})
            if not settings.DEBUG:
                _rendered[key] = html
        return html


@register.tag
def shared(_parser: Parser, token: Token) -> Shared:
    """Take the name of a template in quotation marks; nothing that changes could be shared."""
    _tag, name = token.split_contents()
    if name[0] not in "\"'" or name[-1] != name[0]:
        raise template.TemplateSyntaxError("`shared` takes the name of a template in quotation marks.")
    return Shared(name[1:-1])
