"""The form of a rule set: one field per rule, built from the rule book, and a table of service standards."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cards import rule_words, rules
from cards.models import RuleSet
from cards.rules import LARGEST, RuleBook
from cards.services import rule_sets
from cards.vocabulary import ApplicationKind, Channel, FeeExemption, IssueMethod, Party, Stage
from cards.workflow import BEFORE_READY

_LABELS: dict[str, Any] = {
    "fee_exemptions": FeeExemption,
    "cancelled_also_by": Party,
    "oral_cancelled_also_through": Channel,
}
_YES_NO = [("1", _("Yes")), ("0", _("No"))]
_IN_ORDER = [stage for stage in Stage if stage in BEFORE_READY]
# A card made at once passes two stages only.
_STAGES = {IssueMethod.FACTORY: _IN_ORDER, IssueMethod.INSTANT: [Stage.ACCEPTED, Stage.CHECKING]}
_KINDS: list[tuple[str, Any]] = [("", _("every kind")), *ApplicationKind.choices]

GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Version and date"), ("version", "valid_from", "citation_zh", "citation_en")),
    (
        _("Loss reports"),
        (
            "oral_validity_days",
            "oral_validity_in_working_days",
            "oral_counts_from_next_day",
            "oral_reports_allowed",
            "oral_reports_window_days",
            "written_report_can_be_cancelled",
            "cancelled_also_by",
            "oral_cancelled_also_through",
        ),
    ),
    (_("Who may act"), ("agent_minimum_age", "guardian_below_age", "preferential_from_age")),
    (
        _("Fee, dates and collection"),
        ("fee_yuan", "fee_exemptions", "replacement_working_days", "collection_deadline_days"),
    ),
)


@dataclass(frozen=True)
class StandardRow:
    """One line of the table of standards: a stage, and a cell for each kind of application."""

    label: str
    cells: list[forms.BoundField]


@dataclass(frozen=True)
class StandardTable:
    """The standards of one way of making cards."""

    label: str
    kinds: list[str]
    rows: list[StandardRow]


def _rule_field(name: str, default: Any) -> forms.Field:
    """The form field of one rule, by the kind of its value."""
    label, hint = rule_words.FIELDS[name]
    if isinstance(default, bool):
        return forms.TypedChoiceField(
            label=label,
            help_text=hint,
            choices=_YES_NO,
            coerce=lambda value: value == "1",
            widget=forms.RadioSelect,
        )
    if isinstance(default, tuple):
        words = rules.words_of(name)
        return forms.MultipleChoiceField(
            label=label,
            help_text=hint,
            required=False,
            choices=[(word, _LABELS[name](word).label) for word in words],
            widget=forms.CheckboxSelectMultiple,
        )
    return forms.IntegerField(label=label, help_text=hint, min_value=rules.least_of(name), max_value=LARGEST)


class RuleSetForm(forms.Form):
    """A rule set as a draft: date and citation, every rule, every standard."""

    use_required_attribute = False

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    version = forms.RegexField(
        r"^[A-Za-z0-9._-]+\Z",
        label=_("Version"),
        help_text=_(
            "A short name that cases and answers remember, such as 2027-local. Letters, digits, dots, hyphens."
        ),
        max_length=40,
    )
    valid_from = forms.DateField(
        label=_("In force from"),
        help_text=_("Tomorrow at the earliest, and only once the set was reviewed and put in force."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    citation_zh = forms.CharField(label=_("What it rests on, in Chinese"), widget=forms.Textarea(attrs={"rows": 3}))
    citation_en = forms.CharField(label=_("What it rests on, in English"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(
        self, data: Any = None, *, rule_set: RuleSet | None = None, begin_with: RuleSet | None = None
    ) -> None:
        """`rule_set` is the draft that is changed; a new one may begin with the contents of another."""
        self.rule_set = rule_set
        shown = rule_set or begin_with
        super().__init__(data, initial=_initial(shown, new=rule_set is None))
        for one in rules.rule_fields():
            self.fields[one.name] = _rule_field(one.name, one.default)
        for method, stages in _STAGES.items():
            for kind, told in _KINDS:
                for stage in stages:
                    key = ".".join(filter(None, (kind, method.value, stage.value)))
                    self.fields[_field_of(key)] = forms.IntegerField(
                        label=_("%(stage)s, %(kind)s") % {"stage": stage.label, "kind": told},
                        required=False,
                        min_value=0,
                        max_value=LARGEST,
                    )

    def clean_version(self) -> str:
        """Refuse the version of another set: cases could not tell them apart."""
        version: str = self.cleaned_data["version"]
        others = RuleSet.objects.filter(version=version)
        if self.rule_set is not None:
            others = others.exclude(pk=self.rule_set.pk)
        if others.exists():
            raise ValidationError(_("There is a rule set of this version already."))
        return version

    def clean_valid_from(self) -> Any:
        """Refuse a day that has begun."""
        day = self.cleaned_data["valid_from"]
        if day <= rule_sets.today():
            raise ValidationError(_("Answers were already given on this day. Choose tomorrow or later."))
        return day

    @property
    def contents(self) -> dict[str, Any]:
        """What the service writes."""
        told = {name: self.cleaned_data[name] for name in ("version", "valid_from", "citation_zh", "citation_en")}
        return told | {"data": {one.name: self.cleaned_data[one.name] for one in rules.rule_fields()}}

    @property
    def standards(self) -> dict[str, int]:
        """The standards that were given; an empty cell has none of its own."""
        given = {
            _key_of(name): days
            for name, days in self.cleaned_data.items()
            if name.startswith(_PREFIX) and days is not None
        }
        kept = self.rule_set.book().standards if self.rule_set else {}
        return {key: days for key, days in kept.items() if _field_of(key) not in self.fields} | given

    @property
    def groups(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """The fields by what they are about; a rule nobody has placed comes last."""
        for title, names in GROUPS:
            yield str(title), [self[name] for name in names]
        placed = {name for _title, names in GROUPS for name in names}
        rest = [self[one.name] for one in rules.rule_fields() if one.name not in placed]
        if rest:
            yield str(_("Further rules")), rest

    @property
    def standard_tables(self) -> list[StandardTable]:
        """The standards as tables: a line per stage, a column per kind of application."""
        kinds = [str(told) for _kind, told in _KINDS]
        tables = []
        for method, stages in _STAGES.items():
            rows = [
                StandardRow(
                    str(stage.label),
                    [
                        self[_field_of(".".join(filter(None, (kind, method.value, stage.value))))]
                        for kind, _told in _KINDS
                    ],
                )
                for stage in stages
            ]
            tables.append(StandardTable(str(method.label), kinds, rows))
        return tables


_PREFIX = "standard-"


def _field_of(key: str) -> str:
    return _PREFIX + key.replace(".", "-")


def _key_of(name: str) -> str:
    return name.removeprefix(_PREFIX).replace("-", ".")


def _initial(shown: RuleSet | None, *, new: bool) -> dict[str, Any]:
    """What the form begins with: the contents of a set; a new one begins tomorrow under a version of its own."""
    tomorrow = rule_sets.today() + timedelta(days=1)
    if shown is None:
        defaults = {one.name: one.default for one in fields(RuleBook) if one.name in rule_words.FIELDS}
        return {"valid_from": tomorrow} | _told(defaults)
    book = shown.book()
    values = {one.name: getattr(book, one.name) for one in rules.rule_fields()}
    standards = {_field_of(key): days for key, days in book.standards.items()}
    initial = {"citation_zh": shown.citation_zh, "citation_en": shown.citation_en} | _told(values) | standards
    if new:
        return initial | {"valid_from": tomorrow}
    return initial | {"version": shown.version, "valid_from": shown.valid_from, "seen": shown.content_digest()}


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """Values as the fields show them."""
    return {
        name: str(int(value)) if isinstance(value, bool) else list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
    }
