"""How the shipped guides are written: short sentences, Chinese marks, the figures of the rules, the same build."""

import re
from datetime import UTC, date, datetime

import pytest
from django.conf import settings

from cards import case_reading, enquiry, forecast, id_number, paper_number
from cards.channels.web import answer_cookie
from cards.management import shipped_rules
from cards.rules import CHINA, RuleBook, parse
from cards.services import answers
from guidance import markdown, shipped, style

LANGUAGES = shipped.LANGUAGES
GUIDES = {article.slug: article for article in shipped.read().articles}


def words_of(slug: str, language: str) -> str:
    """Everything a reader sees of a guide, on lines of its own: title, summary, and each block of the text."""
    values = GUIDES[slug].values
    html = markdown.render(values[f"body_{language}"], language).html
    return "\n".join(style.lines(values[f"title_{language}"], values[f"summary_{language}"], html))


def headings(slug: str, language: str) -> list[str]:
    """The headings of a guide."""
    return re.findall(r"^##+ (.+)$", GUIDES[slug].values[f"body_{language}"], re.MULTILINE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", GUIDES)
def test_a_sentence_is_short(slug: str, language: str) -> None:
    long = style.long_sentences(words_of(slug, language).splitlines(), language)
    assert not long, f"{slug}.{language}.md has sentences that are too long: {long}"


def test_a_long_sentence_would_be_found() -> None:
    assert style.length("拨打12333", "zh") == 3
    assert style.ENDS.split("先打12333。再去窗口。")[:2] == ["先打12333", "再去窗口"]
    assert style.ENDS.split("Call 12333. Go to 24:00 at 3.5 km. “Yes.” No?")[:4] == [
        "Call 12333",
        " Go to 24:00 at 3.5 km",
        " “Yes",
        " No",
    ]


@pytest.mark.parametrize("slug", GUIDES)
def test_chinese_has_chinese_marks_and_no_typed_gaps(slug: str) -> None:
    text = words_of(slug, "zh")
    assert re.findall(r"[\u3400-\u9fff”）][,;:!?()].?|[,;:!?()][\u3400-\u9fff].?", text) == []
    gaps = r"[\u3400-\u9fff，。：；、“”（）] +[A-Za-z0-9]|[A-Za-z0-9] +[\u3400-\u9fff，。：；、“”（）]"
    assert re.findall(gaps, re.sub(r"\n", " \n", text)) == []
    assert "你" not in text


@pytest.mark.parametrize("slug", GUIDES)
def test_a_guide_has_the_same_headings_in_both_languages_and_is_short(slug: str) -> None:
    assert len(headings(slug, "zh")) == len(headings(slug, "en")) >= 4
    for language, longest in (("zh", 750), ("en", 600)):
        assert style.length(words_of(slug, language), language) <= longest


# What a worried reader looks for in every guide, by words of its summary or its text.
TOLD = {
    "what it costs": (r"花多少钱|费用|收费", r"costs?\b|\bfees?\b|free\b"),
    "what can go wrong": (r"^## (?:容易|常见)", r"^## (?:What (?:can go wrong|is often)|Tricks)"),
    "whom to call": (r"12333", r"12333"),
}


@pytest.mark.parametrize("told", TOLD)
@pytest.mark.parametrize("slug", GUIDES)
def test_every_guide_says(slug: str, told: str) -> None:
    for language, pattern in zip(LANGUAGES, TOLD[told], strict=True):
        text = "\n".join(GUIDES[slug].values[f"{part}_{language}"] for part in ("summary", "body"))
        assert re.search(pattern, text, re.MULTILINE), f"{slug}.{language}: {told}"


@pytest.mark.parametrize("slug", GUIDES)
def test_no_guide_stands_alone(slug: str) -> None:
    article = GUIDES[slug]
    assert 2 <= len(article.related) <= 4
    assert [other.slug for other in GUIDES.values() if slug in other.related]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", GUIDES)
def test_a_link_to_a_part_of_a_guide_leads_to_that_heading(slug: str, language: str) -> None:
    parts = re.findall(r"\[([^]]+)\]\(/guides/([a-z-]+)/#section-(\d+)\)", GUIDES[slug].values[f"body_{language}"])
    wrong = [part for part in parts if headings(part[1], language)[int(part[2]) - 1] != part[0]]
    assert not wrong, f"{slug}.{language}.md: {wrong}"


# --- the figures ---------------------------------------------------------------------------------------------------

# How each rule is said in Chinese and in English, one way beside another; # stands for its figure in every guide.
SAID = {
    "oral_validity_days": ("管#天|#天内到窗口", "lasts # days|Within # days, come to a window"),
    "oral_reports_window_days": ("，#天内最多", "In any # days"),
    "oral_reports_allowed": ("最多口头挂失#次", "at most # oral reports"),
    "fee_yuan": ("#元", "# yuan"),
    "collection_deadline_days": ("在#天内领取", "within # days of its arrival"),
    "agent_minimum_age": ("年满#周岁、|代办人要年满#周岁|监护人要年满#周岁", "at least #"),
    "guardian_below_age": ("未满#周岁|满了#周岁", "under #|From # on"),
    "preferential_from_age": ("年满#周岁的", "aged # and over"),
    "dispute_working_days": ("#个工作日内查清", "within # working days it is decided"),
    "replacement_working_days": (
        "补领现在是#个工作日|补卡要#个工作日|补领金融卡：#个工作日|一样：#个工作日|，#个工作日左右|这里是#个工作日",
        "a replacement takes # working days|Replacing a financial card: # working days|about # working days|"
        "here it is # working days",
    ),
}
# The standards of first application and exchange are figures of the rules as well, though no fields of the book.
STANDARDS = {
    "first": (
        "首次申领和换领是#个工作日|丢了以后：#个工作日|办，#个工作日内办结|不收费，#个工作日内办结|。#个工作日内办结|"
        "发卡，#个工作日内办结",
        "or an exchange # working days|was lost: # working days|done within # working days",
    ),
    "exchange": (
        "首次申领和换领是#个工作日|换领：#个工作日|\n#个工作日。|换领新卡#个工作日",
        "or an exchange # working days|Exchange: # working days|It takes # working days|"
        "The exchange takes # working days",
    ),
}
# The portal's own periods and lengths.
PERIODS = {
    "an answer number": (answers.KEPT.days, ("编号保留#天", "It is kept for # days")),
    "the window of the forecast": (forecast.WINDOW.days, ("最近#天办结", "in the last # days")),
    "a finished case": (case_reading.SHOWN_AFTER_END.days, ("领走已经超过#天", "collected more than # days ago")),
    "a missed number": (enquiry.MISS_KEPT.days, ("标记，#天后删除", "and that for # days")),
    "an open answer": (answer_cookie.MAX_AGE // 60, ("最多保留#分钟", "at most # minutes")),
    "a query code": (paper_number.CODE_LENGTH, ("查询码是#个字符", "It has # characters")),
    "an ID number": (id_number.LENGTH, ("#位身份证号码", "#-character")),
}
# Figures of the law, of instant issue and the telephone.
FIXED = {
    "zh": "12333|30日内|约30分钟|11月3日|11月10日24:00|24:00结束",
    "en": (
        "12333|within 30 days|about 30 minutes|3 November|10 November at 24:00|to 24:00|"
        "Articles? [0-9]+(?:(?: and| to) [0-9]+)?"
    ),
}


def figures() -> dict[str, tuple[int, tuple[str, str]]]:
    """Each figure of the default rules with the phrases that say it."""
    given = shipped_rules.read()
    data = given.pop("data")
    book = parse(data, **given)
    standards = {kind: book.standard_to_ready(kind, "factory", "accepted") for kind in STANDARDS}
    assert book.replacement_working_days == book.standard_to_ready("replacement", "factory", "accepted")
    rules = {name: (getattr(book, name), phrases) for name, phrases in SAID.items()}
    return rules | {kind: (days, STANDARDS[kind]) for kind, days in standards.items()} | PERIODS


def pattern_of(phrase: str) -> str:
    """A phrase with its figure caught."""
    before, after = phrase.split("#")
    return re.escape(before) + r"(?<!\d)(\d+)" + re.escape(after)


@pytest.mark.parametrize("name", [*SAID, *STANDARDS, *PERIODS])
def test_the_guides_say_the_figures_of_the_default_rules_and_the_portal(name: str) -> None:
    value, phrases = figures()[name]
    for at, language in enumerate(LANGUAGES):
        text = "".join(words_of(slug, language) for slug in GUIDES)
        for phrase in phrases[at].split("|"):
            found = re.findall(pattern_of(phrase), text)
            assert found, f"no guide says “{phrase}” any more"
            assert set(found) == {str(value)}, f"{name} is {value}, but a guide says “{phrase}” with {found}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", GUIDES)
def test_no_figure_stands_in_a_guide_that_is_not_held_to_its_rule(slug: str, language: str) -> None:
    at = LANGUAGES.index(language)
    text = words_of(slug, language)
    for phrase in (phrase for _value, phrases in figures().values() for phrase in phrases[at].split("|")):
        text = re.sub(pattern_of(phrase), lambda match: re.sub(r"\d", "□", match.group()), text)
    text = re.sub(FIXED[language], "", text)
    loose = [line for line in text.splitlines() if re.search(r"\d", line)]
    assert not loose, f"{slug}.{language}.md: say in test_style.py which rule these figures belong to: {loose}"


def test_the_example_of_an_oral_report_is_worked_out_by_the_rules() -> None:
    book = RuleBook(version="", valid_from=date(2026, 1, 1))
    end = book.lapse_moment(datetime(2026, 11, 3, 15, tzinfo=CHINA).astimezone(UTC)).astimezone(CHINA)
    assert end == datetime(2026, 11, 11, tzinfo=CHINA)
    assert "11月3日挂失，到11月10日24:00结束" in words_of("lost-card", "zh")
    assert "A report on 3 November ends on 10 November at 24:00" in words_of("lost-card", "en")


@pytest.mark.parametrize("name", [*SAID])
def test_the_document_of_the_rules_names_the_guides_that_state_a_figure(name: str) -> None:
    document = (settings.BASE_DIR / "docs" / "rules.md").read_text(encoding="utf-8")
    line = next(
        line for line in document.splitlines() if line.startswith("|") and f"`{name}`" in line and ".md" in line
    )
    patterns = [pattern_of(phrase) for phrase in SAID[name][0].split("|")]
    stating = {slug for slug in GUIDES if any(re.search(one, words_of(slug, "zh")) for one in patterns)}
    assert {slug for slug in GUIDES if f"`{slug}.*.md`" in line} == stating
