"""Synthetic people: invented names, and ID numbers that are valid but cannot have been issued."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from cards import id_number

_SURNAMES = """
王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯
于 董 萧 程 曹 袁 邓 许 傅 沈 曾 彭 吕 欧阳 司马 上官 诸葛 司徒 令狐
"""
SURNAMES = tuple(_SURNAMES.split())
_GIVEN = """
明 芳 伟 敏 静 丽 强 勇 艳 霞 平 刚 桂英 小明 晓东 思远 雨桐 子涵 浩然 欣怡 建国 秀兰
玉珍 志强 海燕 春梅 文博 嘉怡 俊峰 雪梅 晨曦 若溪 一鸣 佳宁 慧敏 国栋 永康 清扬
"""
GIVEN = tuple(_GIVEN.split())
# The dot between the parts is U+00B7, as the standard for minority names has it.
MINORITY = ("阿依古丽·买买提", "古丽娜尔·艾尔肯", "吐尔逊·阿不都热合曼", "努尔古丽·木拉提江")
FOREIGN = ("Anna Muster", "Jean Exemple", "Kim Yesi", "María Ejemplo")
_PROVINCES = """
11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65
"""
PROVINCES = tuple(_PROVINCES.split())
NO_COUNTY = "9999"
# Residence permits of Hong Kong, Macao and Taiwan people, and foreigners' numbers of a country that does not exist.
ELSEWHERE = {"hk": "810000", "macao": "820000", "taiwan": "830000", "foreign": "911999"}
ADULT, ELDER, CHILD = (22, 58), (61, 84), (6, 14)
# People of the lives and people in bulk never share a number: the order within a birthday is split between them.
ORDERS = range(1, 500)
BULK_ORDERS = range(500, 1000)


@dataclass(frozen=True)
class Person:
    """Who is registered."""

    name: str
    id_number: str
    phone: str


class People:
    """Draws people from a seed, none twice."""

    def __init__(self, rng: random.Random, today: date) -> None:
        self.rng, self.today = rng, today
        self.used: set[str] = set()

    def draw(self, ages: tuple[int, int] = ADULT, family: str = "resident") -> Person:
        """A person of an age, resident of a province unless another family of numbers is named."""
        number = ""
        while not number or number in self.used:
            number = self._number(ages, family)
        self.used.add(number)
        # No mobile number begins with 10.
        return Person(self._name(family), number, f"10{len(self.used):09d}")

    def _number(self, ages: tuple[int, int], family: str) -> str:
        order = self.rng.choice(ORDERS)
        if family in ELSEWHERE:
            birth = date(1900, 1, 1) + timedelta(days=self.rng.randrange(6 * 365))
            return id_number.compose(ELSEWHERE[family], birth, order)
        age = self.rng.randint(*ages)
        birth = self.today - timedelta(days=age * 365.25 + self.rng.randrange(365))
        return id_number.compose(self.rng.choice(PROVINCES) + NO_COUNTY, birth, order)

    def _name(self, family: str) -> str:
        if family == "foreign":
            return self.rng.choice(FOREIGN)
        if family == "resident" and self.rng.random() < 0.06:
            return self.rng.choice(MINORITY)
        return self.rng.choice(SURNAMES) + self.rng.choice(GIVEN)


def in_bulk(start: int, count: int) -> Iterator[Person]:
    """The people number `start` to `start + count` of an endless list that is the same in every run."""
    first_day = date(1940, 1, 1)
    for place in range(start, start + count):
        rest, province = divmod(place, len(PROVINCES))
        order, day = divmod(rest, 25000)
        number = id_number.compose(
            PROVINCES[province] + NO_COUNTY, first_day + timedelta(days=day), BULK_ORDERS[order]
        )
        name = SURNAMES[place % len(SURNAMES)] + GIVEN[place // 7 % len(GIVEN)]
        yield Person(name, number, f"10{place:09d}")
