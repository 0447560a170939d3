"""Every column is classed, and each class keeps its promise."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from cards.models.classification import FIELDS, PERSONAL, PUBLIC, SEALED, SHAPES
from cards.models.fields import SealedTextField
from cards.vocabulary import Evidence, Stage, StopReason
from tests.canary import canary_flow

MODELS = {model._meta.label: model for model in apps.get_app_config("cards").get_models()}
COLUMNS = [
    (label, field, FIELDS.get(label, {}).get(field.name))
    for label, model in MODELS.items()
    for field in model._meta.concrete_fields
]
# Such a name says that people are named, counted or described in it.
TELLING = re.compile(r"name|phone|number|birth|address|reason|text|note|comment|remark")


def test_every_column_of_every_model_is_classed_and_no_other() -> None:
    present = {label: {field.name for field in model._meta.concrete_fields} for label, model in MODELS.items()}
    assert {label: set(fields) for label, fields in FIELDS.items()} == present
    assert {kind for fields in FIELDS.values() for kind in fields.values()} == {PUBLIC, PERSONAL, SEALED}


def named(columns: list[tuple[str, models.Field, str]]) -> list[str]:
    return [f"{label}.{field.name}" for label, field, _kind in columns]


def test_a_column_is_sealed_exactly_where_it_is_classed_so() -> None:
    sealed = [column for column in COLUMNS if isinstance(column[1], SealedTextField)]
    assert sealed
    assert named(sealed) == named([column for column in COLUMNS if column[2] == SEALED])


def test_nothing_of_a_table_with_a_holder_is_public() -> None:
    def of_a_person(model: type[models.Model]) -> bool:
        return model._meta.label == "cards.Cardholder" or any(one.name == "holder" for one in model._meta.fields)

    assert named([one for one in COLUMNS if of_a_person(one[1].model) and one[2] == PUBLIC]) == []


def test_a_personal_text_in_the_clear_is_out_of_a_list_or_has_a_fixed_shape() -> None:
    texts = (models.CharField, models.TextField, models.FileField)
    free = [one for one in COLUMNS if one[2] == PERSONAL and isinstance(one[1], texts) and not one[1].choices]
    assert set(named(free)) == set(SHAPES)
    assert not [one for one in free if isinstance(one[1], models.TextField | models.FileField)]


def test_a_column_with_a_telling_name_is_sealed_or_out_of_a_list_or_has_a_fixed_shape() -> None:
    telling = [
        column
        for column in COLUMNS
        if column[2] == PERSONAL
        and TELLING.search(column[1].name)
        and not column[1].choices
        # A moment tells when, whatever it is named.
        and not isinstance(column[1], models.DateTimeField)
    ]
    assert set(named(telling)) <= set(SHAPES)


def rows_of(label: str, name: str) -> list[Any]:
    return list(MODELS[label].objects.values_list(name, flat=True))


@pytest.mark.django_db
def test_texts_in_the_clear_keep_their_shape_after_a_whole_life_of_a_card() -> None:
    canary_flow()
    for column, shape in SHAPES.items():
        label, name = column.rsplit(".", 1)
        values = rows_of(label, name)
        assert values, column
        assert all(re.fullmatch(shape, value, re.ASCII) for value in values), column


@pytest.mark.django_db
def test_lists_in_the_clear_hold_words_of_the_vocabulary_and_moments_only() -> None:
    canary_flow()
    known = {"stage": set(Stage.values), "stop": set(StopReason.values), "resume": set(StopReason.values)}
    for history in rows_of("cards.Application", "history"):
        for what, value, at in history:
            assert value in known[what]
            assert datetime.fromisoformat(at).tzinfo
    for label in ("cards.LossReport", "cards.Cancellation", "cards.Replacement"):
        assert rows_of(label, "evidence")
        assert all(set(seen) <= set(Evidence.values) for seen in rows_of(label, "evidence"))


@pytest.mark.django_db
def test_values_out_of_a_list_are_on_the_list() -> None:
    canary_flow()
    for label, field, kind in COLUMNS:
        if kind == PERSONAL and field.choices:
            allowed = {choice for choice, _label in field.flatchoices} | ({""} if field.blank else set())
            assert set(rows_of(label, field.name)) <= allowed, (label, field.name)
