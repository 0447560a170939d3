"""Finds words of the other language on a page: none may stand there that is not marked as such or is a name."""

from playwright.sync_api import Page

# Every piece of text that can be seen, with the language it is marked with.
PIECES = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    if (holder.closest("script, style, code, .code, [translate=no]") || !holder.checkVisibility()) continue;
    found.push([holder.closest("[lang]").lang, walker.currentNode.textContent]);
  }
  for (const holder of document.querySelectorAll("[aria-label], [alt], [title], [placeholder]")) {
    for (const name of ["aria-label", "alt", "title", "placeholder"]) {
      if (holder.hasAttribute(name)) found.push([holder.closest("[lang]").lang, holder.getAttribute(name)]);
    }
  }
  found.push([document.documentElement.lang, document.title]);
  return found;
}"""
CHINESE = r"[\u3400-\u9fff]"
# Three English words in a row are a sentence; one or two may be a name, such as "WebP".
ENGLISH = r"\b[A-Za-z]{2,}(?:[ ,]+[A-Za-z]{2,}){2,}"


def foreign_words(page: Page, names: tuple[str, ...] = ()) -> list[str]:
    """The texts of the open page in a language that is not the one they are marked with, names left out."""
    import re

    wrong = []
    for language, text in page.evaluate(PIECES):
        for name in names:
            text = text.replace(name, "")
        if re.search(CHINESE if language == "en" else ENGLISH, text):
            wrong.append(" ".join(text.split())[:120])
    return wrong
