"""The documents: what they cite exists, and the standard they answer to is answered whole."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
# Requirements of level 1 in OWASP ASVS 5.0.0, by section.
LEVEL_1 = """
1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.5.1 2.1.1 2.2.1 2.2.2 2.3.1 3.2.1 3.2.2 3.3.1 3.4.1 3.4.2 3.5.1
3.5.2 3.5.3 4.1.1 4.4.1 5.2.1 5.2.2 5.3.1 5.3.2 6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1
6.3.2 6.4.1 6.4.2 7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2 8.1.1 8.2.1 8.2.2 8.3.1 9.1.1 9.1.2 9.1.3 9.2.1 10.4.1
10.4.2 10.4.3 10.4.4 10.4.5 11.3.1 11.3.2 11.4.1 12.1.1 12.2.1 12.2.2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1
15.3.1
"""


def cited_tests():
    for document in DOCUMENTS:
        for path, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", document.read_text(encoding="utf-8")):
            yield pytest.param(path, name, id=f"{document.name}:{name}")


@pytest.mark.parametrize(("path", "name"), list(cited_tests()))
def test_a_cited_test_exists(path, name):
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_a_document_points_to_files_that_exist(document):
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"`((?:cards|portal|guidance|deploy|docs|benchmarks|static|templates)/[\w./-]+)`", text)
    linked = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert [link for link in linked if not (document.parent / link).exists()] == []


def test_level_1_of_the_standard_is_answered_whole():
    text = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
    first = text[: text.index("## Level 2")]
    assert [number for number in LEVEL_1.split() if not re.search(rf"\bV{re.escape(number)}\b", first)] == []
    assert len(LEVEL_1.split()) == 70
