"""The catalogue tools: what they find in sources, what they keep, and what they refuse."""

from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from portal import catalogues

PYTHON = """
from django.utils.translation import gettext as _, ngettext, pgettext
a = _("Hello %(name)s")
b = ngettext("%(n)d card", "%(n)d cards", 2)
c = pgettext("a month", "May")
"""
TEMPLATE = """
  {% translate "It's here" %}
    {% blocktranslate trimmed count n=cards %}
      one {{ n }} card
    {% plural %}
      {{ n }} cards
    {% endblocktranslate %}
 {% if a == _("Inside a condition") %}<p>'unbalanced ( text</p>{% endif %}
"""
MESSAGES = {"Hello %(name)s", "%(n)d card", "May", "It's here", "one %(n)s card", "Inside a condition"}


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project of its own."""
    (tmp_path / "cards").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "cards" / "a.py").write_text(PYTHON)
    (tmp_path / "templates" / "a.html").write_text(TEMPLATE)
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    monkeypatch.setattr(catalogues, "CATALOGUE", tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po")
    return tmp_path


def translate(**strings: str) -> None:
    """Put translations into the file; every other message gets its own English, which fits its placeholders."""
    catalogue = catalogues.stored()
    for message in catalogues.messages_of(catalogue):
        last = message.id[-1] if isinstance(message.id, (tuple, list)) else message.id
        text = strings.get(catalogues.key_of(message), last)
        message.string = (text,) if isinstance(message.id, (tuple, list)) else text
    catalogues.CATALOGUE.write_bytes(catalogues.rendered(catalogue))


def test_messages_of_python_and_templates_are_found(sources: Path) -> None:
    found = {catalogues.key_of(message) for message in catalogues.messages_of(catalogues.extracted())}
    assert found == MESSAGES


def test_extraction_twice_changes_nothing(sources: Path) -> None:
    catalogues.update()
    before = catalogues.CATALOGUE.read_bytes()
    assert catalogues.update() == len(MESSAGES)
    assert catalogues.CATALOGUE.read_bytes() == before


def test_translations_are_kept_and_unused_ones_dropped(sources: Path) -> None:
    catalogues.update()
    translate(May="五月")
    (sources / "templates" / "a.html").write_text("")
    catalogues.update()
    text = catalogues.CATALOGUE.read_text()
    assert 'msgstr "五月"' in text
    assert "Inside a condition" not in text


def test_moving_code_within_a_file_changes_nothing(sources: Path) -> None:
    catalogues.update()
    before = catalogues.CATALOGUE.read_bytes()
    (sources / "cards" / "a.py").write_text("\n\n\n" + PYTHON)
    catalogues.update()
    assert catalogues.CATALOGUE.read_bytes() == before


def test_whole_catalogue_has_no_problems(sources: Path) -> None:
    catalogues.update()
    translate()
    assert catalogues.problems() == []


def test_each_fault_is_named(sources: Path) -> None:
    catalogues.update()
    translate(**{"Hello %(name)s": "你好，%(nome)s", "May": "", "%(n)d card": "许多卡"})
    told = "\n".join(catalogues.problems())
    assert "placeholders differ from '你好，%(nome)s'" in told
    assert "untranslated: 'May'" in told
    assert "placeholders differ from '许多卡'" in told


def test_stale_catalogue_is_refused(sources: Path) -> None:
    catalogues.update()
    translate()
    (sources / "cards" / "b.py").write_text('x = _("New")')
    assert catalogues.problems() == ["not in the catalogue: 'New' (cards/b.py)"]
    (sources / "cards" / "b.py").unlink()
    (sources / "cards" / "a.py").write_text(PYTHON.replace("May", "June"))
    assert len(catalogues.problems()) == 2


def test_fuzzy_message_is_refused(sources: Path) -> None:
    catalogues.update()
    translate()
    text = catalogues.CATALOGUE.read_text()
    catalogues.CATALOGUE.write_text(text.replace('msgctxt "a month"', '#, fuzzy\nmsgctxt "a month"'))
    assert [problem.partition(":")[0] for problem in catalogues.problems()] == ["fuzzy"]


def test_compiled_when_missing_or_older_only(sources: Path) -> None:
    catalogues.update()
    translate(May="五月")
    assert catalogues.compile_if_needed()
    assert not catalogues.compile_if_needed()
    with catalogues.CATALOGUE.with_suffix(".mo").open("rb") as file:
        assert GNUTranslations(file).pgettext("a month", "May") == "五月"
    translate(May="5月")
    assert catalogues.compile_if_needed()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%(a)s and %(b)d", (frozenset("ab"), 0)),
        ("{a} {b:>3} {c!r}", (frozenset("abc"), 0)),
        ("%s of %d, 100%%", (frozenset(), 2)),
        ("{}", (frozenset(), 1)),
    ],
)
def test_placeholders(text: str, expected: tuple[frozenset[str], int]) -> None:
    assert catalogues.placeholders(text) == expected


def test_command_does_what_it_is_asked(sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="Say what to do"):
        call_command("catalogues")
    call_command("catalogues", "--extract")
    with pytest.raises(CommandError, match=f"{len(MESSAGES)} problems"):
        call_command("catalogues", "--check")
    translate()
    call_command("catalogues", "--compile", "--check")
    assert "every message is translated" in capsys.readouterr().out


def test_our_own_catalogue_is_found_for_chinese() -> None:
    from django.utils.translation import gettext, override

    with override("zh-hans"):
        assert gettext("Please select a device.") == "请选择验证设备。"


def test_a_written_report_is_said_in_chinese_not_to_end_by_itself() -> None:
    """It has no end that could be missed, so it is the field's own word for an oral one that lapses: 自动解挂."""
    told = {
        catalogues.key_of(message): str(message.string)
        for message in catalogues.messages_of(catalogues.stored())
        if "not lapse" in catalogues.key_of(message)
    }
    assert len(told) >= 3
    assert not [string for string in told.values() if "不会自动解挂" not in string]


def test_a_result_file_has_one_name_in_chinese() -> None:
    told = {
        catalogues.key_of(message): str(message.string)
        for message in catalogues.messages_of(catalogues.stored())
        if "result file" in catalogues.key_of(message).lower()
    }
    assert len(told) > 8
    assert not {english: chinese for english, chinese in told.items() if "回盘文件" not in chinese}
