"""An undefined variable in one of our templates is an error; the templates of packages stay as they are."""

import sys
from pathlib import Path
from types import FrameType

from django.template.base import FilterExpression, Node

ROOT = Path(__file__).resolve().parents[2]
OUR_FOLDERS = tuple(str(ROOT / name) + "/" for name in ("templates", "portal", "cards", "guidance", "tests"))


class UndefinedVariable(Exception):
    """A template of ours names a variable that its context does not hold."""


class Undefined(str):
    """Stands in `string_if_invalid`; Django asks for its truth, or for "%s" in it, only when a name is unknown."""

    def __bool__(self) -> bool:
        frame = sys._getframe(1)
        expression = frame.f_locals.get("self")
        if frame.f_code.co_name == "resolve" and isinstance(expression, FilterExpression):
            refuse_in_our_templates(frame, expression.token)
        return False

    def __contains__(self, part: str) -> bool:  # type: ignore[override]
        frame = sys._getframe(1)
        if frame.f_code.co_name == "render_value":
            refuse_in_our_templates(frame, str(frame.f_locals.get("key")))
        return str.__contains__(self, part)


def refuse_in_our_templates(frame: FrameType | None, name: str) -> None:
    """Raise when the node being rendered stands in a template of ours."""
    while frame is not None:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None):
            if str(node.origin.name).startswith(OUR_FOLDERS) or node.origin.name == "<unknown source>":
                line = getattr(node.token, "lineno", "?")
                raise UndefinedVariable(f"{name!r} is not defined ({node.origin.name}, line {line})")
            return
        frame = frame.f_back
