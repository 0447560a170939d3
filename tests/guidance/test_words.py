"""The Chinese people read: one word for one thing, no gaps around dates, and guides that quote what the pages say."""

import re
from pathlib import Path

import pytest
from babel.messages import pofile
from django.conf import settings

CONTENT = Path(settings.BASE_DIR) / "guidance" / "content"
DATES = r"%\((?:since|stopped|until|ended|by|half|most|moment|date|time)\)s"
# Words that were used beside another for the same thing: who makes cards, a paper, a refusal, the officer; then the
# lapse of a report, a clock that stands, a stage, its overdue day, a version of the rules; another person, a delay,
# a mistake, the number of a receipt, the record of who looked.
RETIRED = (
    *("制卡厂", "单据", "不予受理", "不予办理", "坐席", "16岁以下"),
    *("自动解除", "自动失效", "停止计时", "阶段", "逾期", "规则集"),
    *("第二人", "延误告知", "误登记", "受理编号", "访问记录"),
)


@pytest.fixture(scope="module")
def catalogue() -> dict[str, list[str]]:
    """Every English sentence with its Chinese."""
    path = Path(settings.BASE_DIR) / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        messages = [message for message in pofile.read_po(file) if message.id]
    told: dict[str, list[str]] = {}
    for message in messages:
        english = message.id if isinstance(message.id, tuple) else (message.id,)
        chinese = message.string if isinstance(message.string, tuple) else (message.string,)
        told.setdefault(english[0], []).extend(chinese)
    return told


def guides(language: str) -> list[Path]:
    """The shipped guides in one language."""
    found = sorted(CONTENT.glob(f"*.{language}.md"))
    assert found
    return found


def test_no_gap_stands_around_a_date(catalogue: dict[str, list[str]]) -> None:
    dated = [chinese for told in catalogue.values() for chinese in told if re.search(DATES, chinese)]
    assert dated
    assert [
        chinese for chinese in dated if re.search(rf"[\u4e00-\u9fff] {DATES}|{DATES} [\u4e00-\u9fff]", chinese)
    ] == []


@pytest.mark.parametrize("word", RETIRED)
def test_a_retired_word_does_not_come_back(catalogue: dict[str, list[str]], word: str) -> None:
    shown = {chinese for told in catalogue.values() for chinese in told}
    assert [chinese for chinese in shown if word in chinese] == []
    assert [path.name for path in guides("zh") if word in path.read_text()] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_guides_quote_what_the_pages_say(catalogue: dict[str, list[str]], language: str) -> None:
    said = {chinese for told in catalogue.values() for chinese in told} if language == "zh" else set(catalogue)
    quoted = {
        (path.name, words) for path in guides(language) for words in re.findall(r"\*\*“(.+?)”\*\*", path.read_text())
    }
    assert len(quoted) >= 5
    assert {(name, words) for name, words in quoted if words not in said} == set()
