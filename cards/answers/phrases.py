"""Small joints of language: how a sentence ends, and how two stand one after another."""

from django.utils.translation import pgettext


def sentence(title: str) -> str:
    """A title as a sentence."""
    return title + pgettext("end of a sentence", ".")


def joined(*sentences: str) -> str:
    """The sentences one after another; Chinese puts no space between them."""
    told = ""
    for one in filter(None, sentences):
        pair = {"one": told, "two": one}
        told = pgettext("two sentences", "%(one)s %(two)s") % pair if told else one
    return told
