"""`translate` for a fixed text: put into words once per language, because a page says thirty of them each time."""

from typing import Any

from django import template
from django.conf import settings
from django.template.base import Parser, Token
from django.templatetags.i18n import do_translate
from django.utils.translation import get_language

register = template.Library()


class FixedText(template.Node):
    """A text that depends on the language alone; its escaping and its context are part of the template."""

    def __init__(self, node: Any) -> None:
        """Wrap Django's node."""
        self.node = node
        self.said: dict[str | None, str] = {}

    def render(self, context: template.Context) -> str:
        """Say it, and remember how; while templates are being written, catalogues change."""
        language = get_language()
        said = self.said.get(language)
        if said is None or settings.DEBUG:
            said = self.said[language] = self.node.render(context)
        return said


@register.tag
def translate(parser: Parser, token: Token) -> template.Node:
    """As Django's own; what names a variable, a filter or a name for the result is left to that."""
    node = do_translate(parser, token)
    text, about = node.filter_expression, node.message_context
    fixed = getattr(text.var, "literal", None) is not None and not text.filters
    fixed = fixed and (about is None or isinstance(about.var, str)) and not node.asvar
    return FixedText(node) if fixed else node
