"""What an editor writes becomes a page that is readable, reachable and harmless."""

import pytest

from guidance import markdown
from tests.guidance.texts import links_of


def html(source: str, language: str = "zh") -> str:
    return markdown.render(source, language).html


@pytest.mark.parametrize(
    ("source", "bold"),
    [
        ("请**先挂失。**再补卡", "先挂失。"),
        ("**注意：**带身份证", "注意："),
        ("办**（正式）**挂失", "（正式）"),
        ("（**书面挂失**）", "书面挂失"),
        ("与**“口头挂失”**都行", "“口头挂失”"),
        ("先挂失，**再补卡**。", "再补卡"),
        ("《**社会保险法**》规定", "社会保险法"),
        ("要**带两样东西**：证件", "带两样东西"),
        ("a **word** b", "word"),
    ],
)
def test_bold_works_next_to_chinese_punctuation(source, bold):
    assert f"<strong>{bold}</strong>" in html(source)


@pytest.mark.parametrize("source", ["2 * 3 * 4", "a ** b ** c", "一 ** 二 ** 三"])
def test_stars_between_spaces_stay_stars(source):
    assert "<strong>" not in html(source)
    assert "<em>" not in html(source)


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "<a href='javascript:alert(1)'>x</a>",
        "<svg/onload=alert(1)><style>*{display:none}</style>",
        "![x](https://example.org/pixel.png)",
        '[x](https://example.org "title" onclick=alert(1))',
        "<div style='position:fixed'>x</div>",
        "# <b onmouseover=alert(1)>x</b>",
    ],
)
def test_nothing_an_editor_types_becomes_script_style_or_picture(source):
    made = html(source)
    for tag in ("<script", "<img", "<svg", "<style", "<b ", "<div style", "<iframe"):
        assert tag not in made
    for address in links_of(made):
        assert address.startswith(("https://", "/", "#")), address


def test_only_safe_addresses_become_links():
    made = html("[a](/guides/) [b](https://example.org) [c](tel:12333) [d](http://example.org) [e](ftp://example.org)")
    kept = [address for address in links_of(made) if address]
    assert kept == ["/guides/", "https://example.org", "tel:12333"]


TABLE = "| 事项 | 费用 | 期限 |\n|:--|--:|:-:|\n| 补卡 | 20 | 15 |\n"


def test_table_alignment_is_a_class_and_headers_have_a_scope():
    made = html(f"## 费用\n\n{TABLE}")
    assert "style=" not in made
    assert '<th class="num" scope="col">费用</th>' in made
    assert '<td class="num">20</td>' in made
    assert '<td class="center">15</td>' in made


def test_tables_scroll_by_keyboard_and_say_what_they_hold():
    made = html(f"## 费用与**期限**\n\n{TABLE}\n\n{TABLE}")
    assert '<div class="scroll" role="region" tabindex="0" aria-label="表格：费用与期限">' in made
    assert 'aria-label="表格：费用与期限 2"' in made
    assert 'aria-label="Table: Fees"' in html(f"## Fees\n\n{TABLE}", "en")


def test_headings_have_ids_that_differ_and_no_level_above_the_second():
    made = html("# 一\n\n## 带什么\n\n### 带什么\n\n#### 深")
    assert made.count("<h2") == 2
    assert made.count("<h3") == 2
    assert '<h2 id="section-1">一' in made
    assert '<h2 id="section-2">带什么' in made
    assert '<h3 id="section-2-1">带什么' in made
    assert '<h3 id="section-2-2">深' in made
    assert "<h1" not in made


def test_contents_appear_from_four_headings_on():
    three = markdown.render("## 一\n\n## 二\n\n## 三", "zh")
    four = markdown.render("## 一\n\n## 二\n\n## 三 & **四**\n\n## 五", "zh")
    assert three.contents == []
    assert four.contents == [
        ("section-1", "一"),
        ("section-2", "二"),
        ("section-3", "三 & 四"),
        ("section-4", "五"),
    ]


def test_the_important_box_becomes_a_notice():
    assert '<div class="notice warn">\n<p><strong>急病先看病。</strong>' in html(
        "::: important\n**急病先看病。**没有卡\n:::"
    )


def test_running_text_leaves_headings_out_and_plain_text_keeps_them():
    made = html("## 带什么\n\n- 身份证\n- 卡 & 证明")
    assert markdown.plain_text(made) == "带什么 身份证 卡 & 证明"
    assert markdown.running_text(made) == "身份证 卡 & 证明"


def test_chinese_in_an_english_guide_is_marked_as_chinese():
    made = html("The card certificate (领卡证明、补领) is **领卡**, not a [window](/outlets/).", "en")
    assert "(" + '<span lang="zh-Hans">领卡证明、补领</span>' + ")" in made
    assert '<strong><span lang="zh-Hans">领卡</span></strong>' in made
    assert "<span" not in html("领卡证明")
