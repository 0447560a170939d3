"""The `translate` tag of the portal says what Django's own says, in whatever language is in force at the moment."""

from typing import Any

import pytest
from django.template import engines
from django.templatetags import i18n
from django.utils import translation

from portal.templatetags import words

TEMPLATES = [
    '{% translate "Home" %}',
    "{% translate 'Home' %}|{% translate 'Address' %}",
    '{% translate "May" context "month name" %}',
    '{% translate "100%% <of> \\"it\\"" %}',
    '{% translate "Home" as here %}[{{ here }}]',
    "{% translate given %}",
    "{% translate given context about %}",
    '{% translate "Home" noop %}',
    '{% translate "home"|upper %}',
    "{% autoescape off %}{% translate given %}{% translate 'Home' %}{% endautoescape %}",
]


@pytest.mark.parametrize("source", TEMPLATES)
def test_says_what_django_says_in_every_language_and_every_time(source: str, settings: Any) -> None:
    django = engines["django"]
    given = {"given": "Home & <b>", "about": "month name"}
    ours, theirs = django.from_string(source), django.from_string("{% load i18n %}" + source)
    for language in ("en", "zh-hans", "en", "zh-hans"):
        with translation.override(language):
            assert ours.render(given) == theirs.render(given)
    assert settings.TEMPLATES[0]["OPTIONS"]["builtins"].index(words.__name__) > 0


def test_a_fixed_text_is_put_into_words_once_per_language(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    render = i18n.TranslateNode.render
    monkeypatch.setattr(i18n.TranslateNode, "render", lambda node, context: asked.append(1) or render(node, context))
    home = engines["django"].from_string('{% translate "Home" %}')
    said = []
    for language in ("en", "zh-hans") * 3:
        with translation.override(language):
            said.append(home.render())
    assert len(asked) == 2
    assert said == ["Home", "首页"] * 3
