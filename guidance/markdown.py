"""Turns the Markdown of a guide into clean HTML and its table of contents; pure, loaded only when rendering."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape, unescape

from django.utils.html import strip_tags

# fmt: off
TAGS = {
    "h2", "h3", "p", "ul", "ol", "li", "strong", "em", "a", "table", "thead", "tbody", "tr", "th", "td",
    "blockquote", "code", "pre", "br", "hr", "dl", "dt", "dd", "div", "img",
}
# fmt: on
ATTRIBUTES = {
    "a": {"href"},
    "h2": {"id"},
    "h3": {"id"},
    "th": {"scope"},
    "ol": {"start"},
    "div": {"tabindex", "role", "aria-label"},
    "img": {"src", "alt", "width", "height", "loading"},
}
CLASSES = {
    "div": {"scroll", "notice", "warn"},
    "th": {"center", "num"},
    "td": {"center", "num"},
}
TABLE_LABEL = {"zh": "表格：{heading}", "en": "Table: {heading}"}
ALIGNED = {"center": "center", "right": "num"}
PLAIN_TABLE_LABEL = {"zh": "表格", "en": "Table"}
# A page this short needs no list of its headings.
CONTENTS_FROM = 4


@dataclass(frozen=True)
class Rendered:
    """HTML that may stand on a page, and the second-level headings in it as (id, text)."""

    html: str
    contents: list[tuple[str, str]]


@dataclass(frozen=True)
class Shown:
    """How a picture of ours is shown: what it shows in the page's language, and its size in pixels."""

    alt: str
    width: int
    height: int


def is_chinese(char: str) -> bool:
    """Whether a character belongs to Chinese text: ideographs, full-width forms, Chinese punctuation."""
    return unicodedata.east_asian_width(char) in "WF"


@cache
def parser():
    """Return the one Markdown parser; its libraries cost memory, so a worker that never renders never loads them."""
    from markdown_it import MarkdownIt
    from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
    from markdown_it.parser_inline import ParserInline
    from markdown_it.rules_inline.state_inline import Scanned, StateInline
    from mdit_py_plugins.container import container_plugin
    from mdit_py_plugins.deflist import deflist_plugin

    def is_punctuation(char: str) -> bool:
        return (isMdAsciiPunct(ord(char)) or isPunctChar(char)) and not is_chinese(char)

    class ChineseStateInline(StateInline):
        """Opens and closes bold next to Chinese, where words have no spaces around them."""

        def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803  (the name is the library's)
            marker, end = self.src[start], start
            while end < self.posMax and self.src[end] == marker:
                end += 1
            before = self.src[start - 1] if start else " "
            after = self.src[end] if end < self.posMax else " "
            space_before, space_after = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))
            mark_before, mark_after = is_punctuation(before), is_punctuation(after)
            left = not space_after and (not mark_after or space_before or mark_before or is_chinese(before))
            right = not space_before and (not mark_before or space_after or mark_after or is_chinese(after))
            can_open = left and (canSplitWord or not right or mark_before)
            can_close = right and (canSplitWord or not left or mark_after)
            return Scanned(can_open, can_close, end - start)

    class ChineseParserInline(ParserInline):
        """The library's inline parser with our reading of bold."""

        def parse(self, src, md, env, tokens):
            state = ChineseStateInline(src, md, env, tokens)
            self.tokenize(state)
            for rule in self.ruler2.getRules(""):
                rule(state)
            return state.tokens

    # Raw HTML stays text: an editor writes words, the house makes the page.
    markdown = MarkdownIt("commonmark", {"html": False})
    markdown.inline = ChineseParserInline()
    markdown.configure("commonmark").enable("table").disable(["html_inline", "html_block"])
    markdown.core.ruler.push("headings", _settle_headings)
    markdown.add_render_rule("image", _picture)
    markdown.use(deflist_plugin)
    markdown.use(container_plugin, name="important", render=_important)
    return markdown


def _important(self, tokens, index, options, env) -> str:
    """Render `::: important … :::`, the box for what a reader must not miss."""
    return '<div class="notice warn">\n' if tokens[index].nesting == 1 else "</div>\n"


def _picture(self, tokens, index, options, env) -> str:
    """Render a picture of ours with the words that belong to it; any other is left out."""
    address = tokens[index].attrs["src"]
    shown = env["pictures"].get(address)
    if shown is None:
        return ""
    size = f'width="{shown.width}" height="{shown.height}"'
    return f'<img src="{escape(address)}" alt="{escape(shown.alt)}" {size} loading="lazy">'


def render(source: str, language: str, pictures: Mapping[str, Shown] | None = None) -> Rendered:
    """Render a guide's Markdown; `language` ("zh" or "en") is that of the labels put around tables.

    `pictures` are those that may stand in it, by their address.
    """
    import nh3

    markdown = parser()
    tokens = markdown.parse(source)
    _prepare_tables(tokens, language)
    html = markdown.renderer.render(tokens, markdown.options, {"pictures": pictures or {}})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes={"https", "tel", "mailto"},
        link_rel="noopener",
    )
    if language == "en":
        clean = mark_chinese(clean)
    return Rendered(clean, _contents(clean))


def mark_chinese(html: str) -> str:
    """Mark the Chinese words in HTML of an English page, so that they are read out and broken as Chinese."""
    return CHINESE_RUN.sub(r'<span lang="zh-Hans">\g<0></span>', html)


def _settle_headings(state) -> None:
    """A page's only h1 is its title, and nothing is deeper than h3; each heading has an address by its place.

    Both languages stand at one address, so a link to `#section-2` holds in either, also after the language switch.
    """
    section = part = 0
    for token in state.tokens:
        if token.type not in ("heading_open", "heading_close"):
            continue
        if token.tag not in ("h2", "h3"):
            token.tag = "h2" if token.tag == "h1" else "h3"
        if token.type == "heading_open":
            section, part = (section + 1, 0) if token.tag == "h2" else (section, part + 1)
            token.attrSet("id", f"section-{section}-{part}" if part else f"section-{section}")


def _prepare_tables(tokens, language: str) -> None:
    """Give tables a labelled wrapper that scrolls, header cells a scope, and alignment by class (no style=)."""
    from markdown_it.token import Token

    labels: set[str] = set()
    heading, position = "", 0
    while position < len(tokens):
        token = tokens[position]
        if token.type == "heading_open":
            heading = "".join(child.content for child in tokens[position + 1].children)
        elif token.type in ("th_open", "td_open"):
            _align_by_class(token)
        elif token.type == "table_open":
            wrapper = Token("table_wrapper_open", "div", 1, block=True)
            label = _unique(_table_label(heading, language), labels)
            wrapper.attrs = {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": label}
            tokens.insert(position, wrapper)
            position += 1
        elif token.type == "table_close":
            tokens.insert(position + 1, Token("table_wrapper_close", "div", -1, block=True))
            position += 1
        position += 1


def _table_label(heading: str, language: str) -> str:
    return TABLE_LABEL[language].format(heading=heading) if heading else PLAIN_TABLE_LABEL[language]


def _unique(label: str, taken: set[str]) -> str:
    """Two regions of one name would be one region to a screen reader."""
    count, name = 1, label
    while name in taken:
        count += 1
        name = f"{label} {count}"
    taken.add(name)
    return name


def _align_by_class(token) -> None:
    style = token.attrs.pop("style", "")
    side = str(style).removeprefix("text-align:")
    if side in ALIGNED:
        token.attrs["class"] = ALIGNED[side]
    if token.type == "th_open":
        token.attrs["scope"] = "col"


# Chinese between the tags of an English guide, such as the word to look for at the window: read out as Chinese.
CHINESE_RUN = re.compile(r"[\u3400-\u9fff]+(?:[，、：；·]?[\u3400-\u9fff]+)*(?![^<>]*>)")
HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
BLOCK_END = re.compile(r"</(?:h2|h3|p|li|td|th|dt|dd|blockquote|pre)>|<br>")
HEADINGS = re.compile(r"<h[23][ >].*?</h[23]>", re.DOTALL)


def _contents(html: str) -> list[tuple[str, str]]:
    found = [(unescape(anchor), plain_text(title)) for anchor, title in HEADING.findall(html)]
    return found if len(found) >= CONTENTS_FROM else []


def plain_text(html: str) -> str:
    """Return the words of HTML on one line."""
    spaced = BLOCK_END.sub(lambda match: match.group() + " ", html)
    return " ".join(unescape(strip_tags(spaced)).split())


def running_text(html: str) -> str:
    """Return the words of HTML on one line, headings left out: what a search result quotes."""
    return plain_text(HEADINGS.sub("", html))


def links(source: str) -> list[str]:
    """Return the addresses that Markdown links to, also those the rendered page leaves out."""
    return _addresses(source, "link_open", "href")


def pictures(source: str) -> list[str]:
    """Return the addresses of the pictures that Markdown asks for."""
    return _addresses(source, "image", "src")


def _addresses(source: str, kind: str, attribute: str) -> list[str]:
    inside = (child for token in parser().parse(source) for child in token.children or ())
    return list(dict.fromkeys(str(child.attrs[attribute]) for child in inside if child.type == kind))
