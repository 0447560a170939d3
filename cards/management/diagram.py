"""Draws docs/workflow.md from the tables of cards/workflow.py, so that the picture cannot say anything else."""

from collections.abc import Iterable, Iterator, Sequence

from django.utils import translation

from cards import workflow
from cards.vocabulary import Action, Channel, LossStatus, Party, SocialStatus, Stage, StopReason

HEAD = """<!-- Drawn by `manage.py workflow_diagram` from cards/workflow.py: change the tables there. -->

# What may happen, and who may do it
"""
BEFORE = "before_report"


def document() -> str:
    """The whole page, in English."""
    with translation.override("en"):
        parts = (HEAD, *_applications(), *_loss_reports(), *_cards(), *_who())
        return "\n".join(parts)


def _applications() -> Iterator[str]:
    yield "## Applications\n"
    yield "A note beside a stage says for which reasons its clock may stand there.\n"
    yield from _diagram(_names(Stage), _application_arrows(), _stop_notes())
    yield "Which stages an application goes through follows from four facts:\n"
    rows = [
        (
            route.method.label,
            "yes" if route.financial else "no",
            "yes" if route.fee_due else "no",
            "yes" if route.activation_needed else "no",
            " → ".join(stage.value for stage in route.stages),
        )
        for route in workflow.ROUTES
    ]
    yield _table(("Issue", "Financial card", "Fee due", "Activation needed", "Stages"), rows)
    yield "Who has the card, or the work on it, in hand:\n"
    yield _table(("Stage", "Meaning", "With"), [(s.value, s.label, workflow.KEEPERS[s].value) for s in Stage])


def _application_arrows() -> Iterator[str]:
    yield _arrow("[*]", Stage.ACCEPTED, Action.ACCEPT.label)
    yield _arrow("[*]", Stage.ACCEPTED, Action.REPLACE.label)
    for (source, target), action in workflow.STEPS.items():
        yield _arrow(source, target, action.label)
    for action, (sources, target) in workflow.ENDINGS.items():
        for source in _in_order(Stage, sources):
            yield _arrow(source, target, action.label)
    for stage in _in_order(Stage, workflow.ENDED):
        yield _arrow(stage, "[*]")


def _stop_notes() -> Iterator[str]:
    for stage in Stage:
        reasons = [reason for reason in StopReason if stage in workflow.STOPS[reason]]
        if reasons:
            yield f"    note right of {stage.value}"
            yield from (f"        {reason.value}: {reason.label}" for reason in reasons)
            yield "    end note"


def _loss_reports() -> Iterator[str]:
    yield "## Loss reports\n"
    arrows = [
        _arrow("[*]", LossStatus.STANDING, Action.REPORT_ORALLY.label),
        _arrow("[*]", LossStatus.STANDING, Action.REPORT_IN_WRITING.label),
        *(_arrow(LossStatus.STANDING, target, action.label) for action, target in workflow.LOSS_STEPS.items()),
    ]
    yield from _diagram(_names(LossStatus), arrows)


def _cards() -> Iterator[str]:
    yield "## The social security function of a card\n"
    names = [*_names(SocialStatus), f'    state "As before the report" as {BEFORE}']
    arrows = [
        _arrow(source, target.value if target else BEFORE, action.label)
        for action, (sources, target) in workflow.CARD_STEPS.items()
        for source in _in_order(SocialStatus, sources)
    ]
    yield from _diagram(names, arrows)


def _who() -> Iterator[str]:
    yield "## Who may do what, through which door, on what evidence\n"
    rows = []
    for action in Action:
        doors = ", ".join(str(channel.label) for channel in _in_order(Channel, workflow.CHANNELS[action]))
        for party in _in_order(Party, workflow.CHECKLISTS[action]):
            evidence = "; ".join(str(item.label) for item in sorted(workflow.CHECKLISTS[action][party]))
            rows.append((action.label, party.label, doors, evidence or "—"))
    yield _table(("Act", "On behalf of", "Through", "Seen or proved"), rows)
    yield (
        "\nA loss report is cancelled by the cardholder at the counter; anybody else, and the hotline for an oral "
        "report, only where the rule set in force says so.\n"
    )
    yield "Through these doors no document can be seen, so that it is the holder is proved in another way:\n"
    remote = [(door.label, "; ".join(str(item.label) for item in seen)) for door, seen in workflow.REMOTE.items()]
    yield _table(("Through", "Proved by"), remote)


# --- the two notations --------------------------------------------------------------------------------------------


def _in_order(words: Iterable, some: Iterable) -> list:
    """Some of the words in the order of their list, whatever set they come from."""
    wanted = set(some)
    return [word for word in words if word in wanted]


def _names(words: Iterable) -> list[str]:
    return [f'    state "{word.label}" as {word.value}' for word in words]


def _arrow(source: str, target: str, label: object = "") -> str:
    return f"    {source!s} --> {target!s}" + (f": {label}" if label else "")


def _diagram(names: Iterable[str], arrows: Iterable[str], notes: Iterable[str] = ()) -> Iterator[str]:
    yield "```mermaid\nstateDiagram-v2"
    yield from names
    yield from arrows
    yield from notes
    yield "```\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)
