"""What a guide tells people to bring is what the checklists of the counter ask for, no less and no more."""

import re

import pytest

from cards.vocabulary import Action, Evidence, Party
from cards.workflow import CHECKLISTS
from guidance import shipped

GUIDES = {article.slug: article.values for article in shipped.read().articles}
# What is carried to the window, in the words of the lists; faces, forms and signatures are made there.
CARRIED = {
    Evidence.HOLDER_ID_ORIGINAL: (
        r"(?:本人|持卡人|孩子)的有效身份证件\**原件",
        r"(?:your|holder's|child's)\b.*original\**.* ID",
    ),
    Evidence.AGENT_ID_ORIGINAL: (r"代办人自己的有效身份证件\**原件", r"the agent's own \**original"),
    Evidence.GUARDIAN_ID_ORIGINAL: (r"监护人自己的有效身份证件原件", r"the guardian's own original"),
    Evidence.GUARDIANSHIP_PROOF: (r"监护关系", r"proof of guardianship"),
    Evidence.ID_COPIES: (r"两份证件的\**复印件", r"one \**copy\** of each"),
    Evidence.ORIGINAL_CARD: (r"这张卡的原件", r"the card itself"),
    Evidence.PROOF_OF_DATA: (r"证明正确信息", r"proof of what is right"),
}
# Guide, the heading over its list in both languages, and the act it is for.
LISTS = [
    ("replace-through-an-agent", ("代办人要带什么", "What an agent brings"), Action.REPLACE, Party.AGENT),
    ("child-card", ("要带什么", "What to bring"), Action.REPLACE, Party.GUARDIAN),
    ("cancel-loss-report", ("要带什么", "What to bring"), Action.CANCEL_REPORT, Party.HOLDER),
    ("wrong-data", ("要带什么", "What to bring"), Action.AMEND, Party.HOLDER),
    ("which-card-where", ("要带什么", "What to bring"), Action.REPLACE, Party.HOLDER),
]


def list_under(slug: str, language: str, heading: str) -> list[str]:
    """The points of the list under a heading of a guide."""
    parts = re.split(r"^## (.+)$", GUIDES[slug][f"body_{language}"], flags=re.MULTILINE)
    return re.findall(r"^- (.+)$", parts[parts.index(heading) + 1], re.MULTILINE)


@pytest.mark.parametrize(("slug", "headings", "action", "party"), LISTS)
def test_a_list_asks_for_what_the_counter_asks_for(
    slug: str, headings: tuple[str, str], action: Action, party: Party
) -> None:
    asked = CHECKLISTS[action][party] & CARRIED.keys()
    assert asked
    for at, language in enumerate(shipped.LANGUAGES):
        points = list_under(slug, language, headings[at])
        told = {one for one, words in CARRIED.items() if any(re.search(words[at], point) for point in points)}
        assert told == asked, f"{slug}.{language}.md"


def test_only_the_holder_cancels_and_the_guide_says_so() -> None:
    assert "只能由**持卡人本人**到窗口办理" in GUIDES["cancel-loss-report"]["body_zh"]
    assert "Only **the cardholder, in person**, at a window" in GUIDES["cancel-loss-report"]["body_en"]


def test_who_may_not_do_a_thing_is_told_so() -> None:
    """The guides of agent and child say what the tables leave out."""
    assert Party.AGENT not in CHECKLISTS[Action.AMEND]
    assert Party.AGENT not in CHECKLISTS[Action.CHANGE_PHONE]
    assert "**更正姓名、号码和联系电话。**要您本人来" in GUIDES["replace-through-an-agent"]["body_zh"]
    assert Party.AGENT not in CHECKLISTS[Action.REPORT_ORALLY]
    assert "代办人不能替您打" in GUIDES["replace-through-an-agent"]["body_zh"]
    assert Party.GUARDIAN in CHECKLISTS[Action.REPORT_ORALLY]
    assert "监护人或者孩子自己拨打12333口头挂失" in GUIDES["child-card"]["body_zh"]
    assert Party.AGENT not in CHECKLISTS[Action.WITHDRAW]
    assert "本人带身份证件原件到窗口撤回" in GUIDES["stopped"]["body_zh"]
