"""Five things people come for, done from the first page by the names they see; every click is counted."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def clicks(visitor: "Visitor", *names: str) -> int:
    """Follow links by their names from the first page; returns how many clicks it took."""
    visitor.page.goto("/")
    for name in names:
        visitor.press(visitor.page.locator("main a").filter(has_text=name).first)
    return len(names)


def test_where_is_my_card_takes_one_field(visitor: "Callable[..., Visitor]") -> None:
    from tests.browser.places import People

    people = People.made_up()
    citizen = visitor("zh-CN")
    citizen.page.goto("/")
    assert citizen.page.locator("main .ask input:not([type=hidden])").count() == 1
    citizen.page.locator("[name=id_number]").fill(people.stopped.holder.id_number)
    citizen.press(citizen.page.locator("main .ask button"))
    assert citizen.page.locator("[data-answer=found]").count() == 1


def test_my_mother_goes_for_me_takes_four_clicks(visitor: "Callable[..., Visitor]") -> None:
    from tests import factories

    factories.OutletFactory(of_bank=True)
    citizen = visitor("zh-CN")
    assert clicks(citizen, "请别人替我去", "金融蓝卡", "还没有", "服务银行的网点") == 4
    told = citizen.page.locator("main").inner_text()
    assert "代办人" in told
    assert citizen.page.locator(".steps > li").count() >= 3


def test_i_found_it_again_takes_four_clicks(visitor: "Callable[..., Visitor]") -> None:
    from tests import factories

    factories.OutletFactory()
    citizen = visitor("en")
    assert clicks(citizen, "I found it again", "Financial blue card", "by phone or online", "The cardholder") == 4
    assert citizen.page.locator("[data-situation]").count() == 1
    assert "original valid ID document" in citizen.page.locator("main").inner_text()


def test_what_article_58_says_takes_one_click(visitor: "Callable[..., Visitor]") -> None:
    from django.core.management import call_command

    call_command("load_guides", verbosity=0)
    citizen = visitor("zh-CN")
    assert clicks(citizen, "法律怎么说：第五十八条") == 1
    assert "国家建立全国统一的个人社会保障号码" in citizen.page.locator("blockquote").all_inner_texts()[-1]


def test_which_outlet_is_open_on_saturday_takes_one_click(visitor: "Callable[..., Visitor]") -> None:
    from tests import factories

    factories.OutletFactory(name_zh="周末窗口", opening="1-6 9:00-17:00", on_holidays=True)
    factories.OutletFactory(name_zh="平日窗口", opening="1-5 9:00-17:00", on_holidays=True)
    citizen = visitor("zh-CN")
    assert clicks(citizen, "周六开门的网点") == 1
    assert citizen.page.locator("h3").all_inner_texts() == ["周末窗口"]
