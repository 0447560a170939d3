"""The design page: only in a demonstration, true to the style sheet, and every contrast is enough."""

import re

import pytest
from django.test import Client

from portal import design


@pytest.fixture
def demo(settings):
    settings.DEMO = True


@pytest.mark.django_db
def test_an_installation_with_real_data_has_no_such_page(settings):
    settings.DEMO = False
    assert Client().get("/design/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_shows_every_token_and_is_not_listed(demo, language, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = Client().get(f"/design/?lang={language}")
    page = response.content.decode()
    assert response["X-Robots-Tag"] == "noindex"
    for name in design.tokens()["light"]:
        assert f"var(--{name})" in page
        assert name in design.COLOURS
    assert len(response.content) < 30_000
    assert Client().post("/design/").status_code == 405


@pytest.mark.parametrize("pair", list(design.contrasts()), ids=lambda pair: f"{pair.front} on {pair.ground}")
def test_every_contrast_is_enough_in_every_look(pair):
    assert pair.enough, pair


def test_the_reckoning_is_that_of_the_guidelines():
    assert round(design.ratio("#000", "#fff"), 1) == 21.0
    assert round(design.ratio("#777777", "#fff"), 2) == 4.48
    assert design.ratio("#123456", "#123456") == 1.0


def test_every_class_the_page_shows_is_one_of_the_sheet():
    head = design.STYLE.read_text(encoding="utf-8")
    page = (design.STYLE.parent.parent / "templates" / "design.html").read_text(encoding="utf-8")
    shown = {name for names in re.findall(r'class="([a-z -]+)"', page) for name in names.split()}
    assert shown
    assert not {name for name in shown if not re.search(rf"\.{name}\b", head)}
