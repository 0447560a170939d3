"""What a browser loads for a page when it has nothing yet: at most 30 KB compressed, in at most four requests."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import brotli
import pytest

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

LIMIT, REQUESTS = 30 * 1024, 4
ICON = "document.querySelector('link[rel=icon]').href"


def load_of(visitor: "Visitor") -> dict[str, int]:
    """What the open page asked for, with its bytes as a server with Brotli sends them."""
    visitor.page.wait_for_load_state("load")
    began = max(place for place, one in enumerate(visitor.requests) if one.resource_type == "document")
    # The browser fetches the icon in its own time, and gives its body to nobody.
    icon = urljoin(visitor.page.url, visitor.page.evaluate(ICON))
    loaded = {one.url: one.response() for one in visitor.requests[began:] if one.url != icon}
    loaded[icon] = visitor.context.request.get(icon)
    return {address: len(brotli.compress(answer.body())) for address, answer in loaded.items()}


def test_the_first_load_of_every_public_page_is_light(visitor: "Callable[..., Visitor]") -> None:
    from tests import factories
    from tests.browser.places import PUBLIC, People

    people = People.made_up()
    factories.OutletFactory.create_batch(20)
    citizen = visitor("zh-CN")
    citizen.context.new_cdp_session(citizen.page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    heavy = {}
    for name, go in PUBLIC.items():
        go(citizen, people)
        loaded = load_of(citizen)
        assert len(loaded) > 3, f"{name}: page, style, script and icon were not all seen"
        if len(loaded) > REQUESTS or sum(loaded.values()) > LIMIT:
            heavy[name] = loaded
    assert heavy == {}
