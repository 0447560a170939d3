"""Outlets and the ways to ask."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from cards.vocabulary import OutletKind
from tests.factories import BankFactory, OutletFactory

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture
def outlets() -> None:
    """Five outlets in two districts, one of them closed for good."""
    bank = BankFactory(name_zh="示例银行", name_en="Example Bank")
    east = {"district_zh": "城东区", "district_en": "East"}
    OutletFactory(name_zh="专窗", name_en="Window", instant_issue=True, step_free=True, **east)
    OutletFactory(
        of_bank=True, bank=bank, name_zh="东支行", name_en="East Branch", hands_over=False, instant_issue=False, **east
    )
    OutletFactory(of_agency=True, name_zh="经办中心", name_en="Agency", hands_over=False, instant_issue=False)
    OutletFactory(
        of_bank=True,
        bank=bank,
        name_zh="西支行",
        name_en="West Branch",
        accepts_applications=False,
        instant_issue=False,
    )
    OutletFactory(name_zh="旧网点", name_en="Old place", closed_for_good=True)


def names(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/outlets/{query}", headers={"Accept-Language": "en"}).content.decode()
    return re.findall(r'<li class="sheet"><h3>([^<]+)</h3>', page)


@pytest.mark.usefixtures("outlets")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Window", "East Branch", "Agency", "West Branch"}),
        ("?does=applications", {"Window", "East Branch", "Agency"}),
        ("?does=replaces", {"Window", "East Branch", "West Branch"}),
        ("?does=hands_over", {"Window", "West Branch"}),
        ("?does=instant", {"Window"}),
        ("?kind=bank_outlet", {"East Branch", "West Branch"}),
        ("?kind=agency", {"Agency"}),
        ("?does=hands_over&kind=bank_outlet", {"West Branch"}),
        ("?does=hands_over&kind=agency", set()),
        ("?does=nonsense&kind=%00", {"Window", "East Branch", "Agency", "West Branch"}),
    ],
)
def test_outlets_are_filtered_by_what_they_do(client: Client, query: str, found: set[str]) -> None:
    listed = names(client, query)
    assert set(listed) == found
    assert len(listed) == len(found)


@pytest.mark.usefixtures("outlets")
def test_outlet_shows_what_a_visitor_needs(client: Client, text: Callable) -> None:
    response = client.get("/outlets/", headers={"Accept-Language": "en"})
    page, words = response.content.decode(), text(response)
    assert re.findall(r"<h2>([^<]+)</h2>", page) == ["East", "Example District"]
    assert '<a href="tel:010-00000000">010-00000000</a>' in page
    for told in ("1 Example Road", "Monday to Friday 9:00–17:00", "Service bank outlet · Example Bank"):
        assert told in words
    assert "issues cards at once, in about half an hour" in words
    assert words.count("step-free access") == 1 + 1, "once in the form"
    assert "For a lost ordinary blue or yellow card you apply for a financial blue card instead." in words
    assert 'href="/guides/which-card-where/"' in page


@pytest.mark.usefixtures("outlets")
@pytest.mark.parametrize("address", ["/outlets/", "/contact/", "/status/", "/status/forgotten/"])
def test_page_keeps_to_one_language(client: Client, text: Callable, address: str) -> None:
    assert CHINESE.search(text(client.get(address, headers={"Accept-Language": "en"}))) is None
    words = text(client.get(address, headers={"Accept-Language": "zh"}))
    assert set(re.findall(r"[A-Za-z]{2,}", words)) == set()
    assert CHINESE.search(words)


@pytest.mark.usefixtures("outlets")
def test_filter_that_fits_nothing_says_so(client: Client, text: Callable) -> None:
    words = text(client.get("/outlets/?does=hands_over&kind=agency", headers={"Accept-Language": "en"}))
    assert "No outlet fits all of this." in words


@pytest.mark.usefixtures("outlets")
def test_chosen_filter_stays_chosen(client: Client) -> None:
    page = client.get("/outlets/?does=replaces&kind=agency").content.decode()
    assert '<option value="replaces" selected>' in page
    assert '<option value="agency" selected>' in page
    # The way to Saturday keeps them.
    assert 'href="?does=replaces&amp;kind=agency&amp;open=6"' in page


@pytest.mark.usefixtures("outlets")
def test_a_choice_that_nobody_offered_is_told(client: Client, text: Callable) -> None:
    told = "One answer in the address was not understood and was left out."
    english = {"headers": {"Accept-Language": "en"}}
    assert told in text(client.get("/outlets/?does=nonsense&kind=agency", **english))
    assert told not in text(client.get("/outlets/?kind=agency&other=1", **english))


@pytest.mark.usefixtures("outlets")
def test_outlets_cost_a_statement_for_each_table_and_then_none(
    client: Client, django_assert_num_queries: Callable
) -> None:
    with django_assert_num_queries(4):  # banks, outlets, special hours, office days
        client.get("/outlets/?does=replaces&open=6")
    with django_assert_num_queries(0):
        client.get("/outlets/?does=hands_over&open=now&access=on")


def test_every_kind_of_outlet_is_offered(client: Client) -> None:
    page = client.get("/outlets/").content.decode()
    assert set(re.findall(r'<option value="([^"]+)"', page)) >= set(OutletKind.values)


def test_contact_names_the_four_ways(client: Client, text: Callable) -> None:
    response = client.get("/contact/", headers={"Accept-Language": "en"})
    page, words = response.content.decode(), text(response)
    assert re.findall(r"<h2>([^<]+)</h2>", page) == ["On this website", "By phone", "At the window", "In WeChat"]
    for address in ('href="/status/"', 'href="/lost-card/report/"', 'href="tel:12333"', 'href="/outlets/"'):
        assert address in page
    assert "We call back only on the number on file." in words
    assert "We never ask for passwords" in words


@pytest.mark.parametrize("address", ["/contact/", "/outlets/"])
def test_public_pages_set_no_cookie_and_refuse_other_methods(client: Client, address: str) -> None:
    assert not client.get(address).cookies
    assert client.post(address).status_code == 405


def test_home_says_of_wechat_what_the_contact_page_says(client, settings):
    assert "Not open yet" in client.get("/", headers={"accept-language": "en"}).content.decode()
    settings.WECHAT_NAME = "示例社保卡"
    assert "Not open yet" not in client.get("/", headers={"accept-language": "en"}).content.decode()
