"""Slips of the pen: what was probably meant where a word as typed finds nothing; pure.

Chinese slips are characters that sound or look alike (挂矢 for 挂失), so only such are put right: a guess by distance
alone would make 挂失 of 挂号. English slips are a letter too many, too few, wrong, or two that changed places.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import combinations, product

from guidance import words

# The character that is meant, then those of its sound or shape that are typed for it.
CONFUSED = """
失矢夫史式师事实试室十石施 挂掛瓜刮卦褂桂 补朴扑卜布不捕部步 领令岭玲另零 社设射杜舍涉摄 保宝报堡抱饱 障章张帐账
卡咔喀佧 解介姐结接借节街 激击机几积及鸡 活货火或获和 换唤患焕缓环 办辨半伴班辩版 代带待戴袋伐贷 理里礼力李利
监间建见鉴 护互户沪扈 证正政征症整 进近尽今金 度肚渡读杜 遗移医宜仪 丢去 查茶察差叉 询寻旬训 取去曲娶趣 网往忘王
点店电典 费废非飞沸 委为位威伟 托拖脱妥 工公功共 本奔 受寿收授 申身伸深 请情清青 挫 融荣容溶 银很 行航
社涉 密蜜秘 码马妈吗玛 报抱保 销消肖 医一 院愿 老姥 残惨 疾急 诈炸 骗片偏 短段 信新 隐引 私思 法发 律率
金今斤 融隆 优忧 明名 回会 执只直 限县 暂占 停亭 照招 期其
"""
MEANT = {slip: group[0] for group in reversed(CONFUSED.split()) for slip in group[1:]}
# A longer piece has room for more slips, and for more that was meant as it stands.
MOST_SLIPS, LONGEST_PIECE = 2, 12
SHORTEST_WORD = 4
WORD = re.compile(r"[a-z]{3,}")


def vocabulary(texts: list[str]) -> dict[str, int]:
    """Return every English word of some texts, with how often it stands there."""
    counted: dict[str, int] = {}
    for text in texts:
        for word in WORD.findall(words.normal(text)):
            counted[word] = counted.get(word, 0) + 1
    return counted


def meant(part: str, known: Mapping[str, int]) -> str:
    """Return what a part of a query that finds nothing was probably meant to be, or nothing."""
    return _meant_english(part, known) if part.isascii() else _meant_chinese(part)


def _meant_chinese(part: str) -> str:
    """The variant with the fewest other characters that names a thing we have a word for."""
    if len(part) > LONGEST_PIECE:
        return ""
    before = _named(part)
    for variant in (*_with_other_characters(part), *_with_neighbours_changed(part)):
        if _named(variant) > before:
            return variant
    return ""


def _with_other_characters(part: str) -> Iterator[str]:
    places = [place for place, char in enumerate(part) if char in MEANT]
    for many in range(1, min(MOST_SLIPS, len(places)) + 1):
        for chosen in combinations(places, many):
            chars = list(part)
            for place in chosen:
                chars[place] = MEANT[chars[place]]
            yield "".join(chars)


def _with_neighbours_changed(part: str) -> Iterator[str]:
    for place in range(len(part) - 1):
        yield part[:place] + part[place + 1] + part[place] + part[place + 2 :]


def _named(text: str) -> int:
    """How many characters belong to words we know."""
    return sum(len(found) for found in words.KNOWN.findall(text) if found not in words.IDLE and len(found) > 1)


def _meant_english(part: str, known: Mapping[str, int]) -> str:
    """The nearest word of the guides; of equals the more frequent one, then the first by the alphabet."""
    if len(part) < SHORTEST_WORD or not part.isalpha():
        return ""
    most = 1 if len(part) < 7 else 2
    near = [
        (distance, -count, word)
        for word, count in known.items()
        if abs(len(word) - len(part)) <= most
        # Hardly anybody gets the first letter wrong, and it keeps wild guesses out.
        and word[0] == part[0]
        and (distance := _distance(part, word)) <= most
    ]
    return min(near)[2] if near else ""


def _distance(one: str, other: str) -> int:
    """Letters added, left out, changed, or two neighbours that changed places."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, j in product(range(1, len(one) + 1), range(len(other) + 1)):
        if j == 0:
            older, before, row = before, row, [i] + [0] * len(other)
            continue
        row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (one[i - 1] != other[j - 1]))
        if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
            row[j] = min(row[j], older[j - 2] + 1)
    return row[-1]
