"""Sealed fields: plain on the instance, sealed in the database, bound to their row, and never looked up."""

# ruff: noqa: DJ008 - models of one test have no reader who wants to tell rows apart

import io
import pickle
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.forms import modelform_factory
from django.template import Context, Template
from django.test.utils import isolate_apps

from cards import sealing
from cards.models.fields import Sealed, SealedTextField
from tests.cards.test_sealing import NEW, OLD

with isolate_apps("cards"):

    class Person(models.Model):
        id = models.UUIDField(primary_key=True, default=uuid.uuid4)
        name = SealedTextField("name")
        phone = SealedTextField(null=True, blank=True)
        shared = SealedTextField(null=True, bound_to_row=False)
        stage = models.CharField(max_length=10, default="accepted")

        class Meta:
            app_label = "cards"


@pytest.fixture(autouse=True)
def table(db, settings) -> None:
    settings.SEALING_KEYS = OLD
    # Built without the editor's own transaction handling, so that the test's rollback takes the table away again.
    statement, parameters = connection.schema_editor().table_sql(Person)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)


@pytest.fixture
def openings(monkeypatch) -> Iterator[list[str]]:
    """The columns that were opened, in order."""
    opened: list[str] = []
    unseal = sealing.unseal

    def counting(blob: bytes, context: str, row: str = "") -> str:
        opened.append(context)
        return unseal(blob, context, row)

    monkeypatch.setattr(sealing, "unseal", counting)
    return opened


def raw(column: str, person: Person) -> bytes | None:
    with connection.cursor() as cursor:
        key = person.pk.hex if connection.vendor == "sqlite" else person.pk
        cursor.execute(f"SELECT {column} FROM cards_person WHERE id = %s", [key])
        value = cursor.fetchone()[0]
    return None if value is None else bytes(value)


def test_a_value_is_plain_on_the_instance_and_sealed_in_the_database() -> None:
    person = Person.objects.create(name="张三")
    assert person.name == "张三"
    blob = raw("name", person)
    assert blob is not None
    assert "张三".encode() not in blob
    assert sealing.unseal(blob, "cards.Person.name", str(person.pk)) == "张三"
    loaded = Person.objects.get(pk=person.pk)
    assert loaded.name == "张三"
    assert type(loaded.name) is str
    assert loaded.phone is None
    assert raw("phone", person) is None


def test_loading_a_row_opens_nothing_and_reading_opens_once(openings) -> None:
    Person.objects.create(name="张三", phone="13800000000")
    openings.clear()
    person = Person.objects.get()
    assert openings == []
    assert (person.name, person.name) == ("张三", "张三")
    assert openings == ["cards.Person.name"]


def test_a_deferred_value_costs_one_query(django_assert_num_queries) -> None:
    Person.objects.create(name="张三", phone="1")
    with django_assert_num_queries(2):
        person = Person.objects.defer("name").get()
        assert person.get_deferred_fields() == {"name"}
        assert person.name == "张三"
    with django_assert_num_queries(1):
        assert Person.objects.only("phone").get().phone == "1"


def test_refreshing_reads_what_another_wrote() -> None:
    person = Person.objects.create(name="张三")
    other = Person.objects.get()
    other.name = "李四"
    other.save()
    person.refresh_from_db()
    assert person.name == "李四"


def test_saving_an_unread_row_keeps_its_values_and_seals_them_under_the_newest_key(settings) -> None:
    person = Person.objects.create(name="张三", phone="13800000000")
    settings.SEALING_KEYS = f"{NEW},{OLD}"
    Person.objects.get().save()
    blob = raw("name", person)
    assert blob is not None
    assert sealing.key_id_of(blob) == "new"
    assert (Person.objects.get().name, Person.objects.get().phone) == ("张三", "13800000000")


def test_bulk_create_seals() -> None:
    Person.objects.bulk_create(Person(name=f"王{number}") for number in range(10))
    assert sorted(person.name for person in Person.objects.all()) == [f"王{number}" for number in range(10)]
    assert b"\xe7\x8e\x8b" not in b"".join(raw("name", person) or b"" for person in Person.objects.all())


def test_update_takes_a_value_sealed_for_its_row() -> None:
    person = Person.objects.create(name="张三")
    assert Person.objects.filter(pk=person.pk).update(name=Person.name.sealed("李四", person), stage="ready") == 1
    assert Person.objects.get().name == "李四"
    Person.objects.filter(pk=person.pk).update(phone=Person.phone.sealed("1", str(person.pk).upper()))
    assert Person.objects.get().phone == "1"
    Person.objects.update(phone=None)
    assert Person.objects.get().phone is None


def test_a_sealed_value_set_on_the_instance_reads_plain() -> None:
    person = Person.objects.create(name="张三")
    person.name = Person.name.sealed("李四", person)
    assert person.name == "李四"


def test_update_and_bulk_update_refuse_plain_text_for_a_value_bound_to_its_row() -> None:
    person = Person.objects.create(name="张三")
    with pytest.raises(FieldError, match=r"update\(name=Person\.name\.sealed\(value, row\)\)"), transaction.atomic():
        Person.objects.update(name="李四")
    person.name = "李四"
    with pytest.raises(FieldError, match="save the instance"), transaction.atomic():
        Person.objects.bulk_update([person], ["name"])
    assert Person.objects.get().name == "张三"


def test_update_and_bulk_update_seal_a_value_that_belongs_to_its_column_only() -> None:
    person = Person.objects.create(name="张三", shared="a")
    Person.objects.update(shared="b")
    assert Person.objects.get().shared == "b"
    person.shared = "c"
    Person.objects.bulk_update([person], ["shared"])
    assert sealing.unseal(raw("shared", person) or b"", "cards.Person.shared") == "c"


def test_values_give_sealed_objects_that_only_their_field_opens() -> None:
    person = Person.objects.create(name="张三")
    key, name = Person.objects.values_list("pk", "name").get()
    assert isinstance(name, Sealed)
    assert Person.objects.values("name").get() == {"name": name}
    assert Person.name.opened(name, key) == Person.name.opened(name, person) == "张三"
    with pytest.raises(sealing.SealBroken):
        Person.phone.opened(name, key)


def test_a_value_still_sealed_is_never_rendered() -> None:
    Person.objects.create(name="张三")
    value = Person.objects.values_list("name", flat=True).get()
    assert repr(value) == "Sealed(context='cards.Person.name')"
    for render in (str, "{}".format, lambda sealed: Template("{{ v }}").render(Context({"v": sealed}))):
        with pytest.raises(TypeError, match="still sealed"):
            render(value)


@pytest.mark.parametrize(
    "condition",
    [
        {"name": "张三"},
        {"name__exact": "张三"},
        {"name__iexact": "张三"},
        {"name__in": ["张三"]},
        {"name__contains": "张"},
        {"name__startswith": "张"},
        {"name__gt": "a"},
        {"name__regex": "."},
        {"name__length": 2},
        {"name__lower__contains": "x"},
        {"name": models.F("phone")},
        {"phone__a": 1},
        {"shared": "x"},
    ],
)
@pytest.mark.parametrize("method", ["filter", "exclude"])
def test_every_look_up_but_isnull_is_refused(method: str, condition: dict[str, Any]) -> None:
    Person.objects.create(name="张三")
    with pytest.raises(FieldError, match="is sealed"):
        list(getattr(Person.objects, method)(**condition))


def test_isnull_is_allowed() -> None:
    Person.objects.create(name="张三")
    assert Person.objects.filter(phone__isnull=True, phone=None, name__isnull=False).count() == 1


def test_a_value_read_before_serves_for_compare_and_swap() -> None:
    person = Person.objects.create(name="张三")
    seen = Person.objects.values_list("name", flat=True).get()
    rows = Person.objects.filter(pk=person.pk, name=seen)
    assert rows.update(name=Person.name.sealed("李四", person)) == 1
    assert rows.update(name=Person.name.sealed("王五", person)) == 0
    assert Person.objects.get().name == "李四"


def test_ciphertext_moved_to_another_row_or_column_does_not_open() -> None:
    first, second = Person.objects.create(name="张三", phone="1"), Person.objects.create(name="李四", phone="2")
    moved = {"name": raw("phone", first), "phone": raw("phone", second)}
    with connection.cursor() as cursor:
        key = first.pk.hex if connection.vendor == "sqlite" else first.pk
        cursor.execute("UPDATE cards_person SET name = %s, phone = %s WHERE id = %s", [*moved.values(), key])
    first, second = Person.objects.get(pk=first.pk), Person.objects.get(pk=second.pk)
    for column in ("name", "phone"):
        with pytest.raises(sealing.SealBroken):
            getattr(first, column)
    assert (second.name, second.phone) == ("李四", "2")


def test_a_wrong_or_missing_key_is_an_error_and_is_never_saved_over(settings) -> None:
    person = Person.objects.create(name="张三")
    before = raw("name", person)
    for ring, problem in ((NEW, sealing.UnknownKey), (NEW.replace("new", "old"), sealing.SealBroken)):
        settings.SEALING_KEYS = ring
        loaded = Person.objects.get()
        with pytest.raises(problem):
            _ = loaded.name
        with pytest.raises(problem), transaction.atomic():
            loaded.save()
        loaded.stage = "ready"
        loaded.save(update_fields=["stage"])
    assert raw("name", person) == before


def test_a_copied_row_needs_its_values_read_first() -> None:
    Person.objects.create(name="张三")
    copy = Person.objects.get()
    copy.pk = uuid.uuid4()
    with pytest.raises(sealing.SealBroken):
        copy.save(force_insert=True)


def test_a_value_sealed_for_another_column_is_not_stored() -> None:
    person = Person.objects.create(name="张三")
    with pytest.raises(FieldError, match="cannot be stored"), transaction.atomic():
        Person.objects.update(phone=Person.name.sealed("x", person))


@pytest.mark.parametrize("value", [b"bytes", 5, object()])
def test_a_value_that_is_no_text_is_refused_without_being_quoted(value: object) -> None:
    with pytest.raises(TypeError, match="takes a str, not") as refused:
        Person.objects.create(name=value)
    assert repr(value) not in str(refused.value)


def test_a_row_without_a_key_cannot_be_sealed_for() -> None:
    with pytest.raises(FieldError, match="no primary key"):
        Person.name.sealed("x", Person(id=None))


def test_no_form_and_no_serialiser_gets_at_a_value() -> None:
    Person.objects.create(name="张三")
    assert set(modelform_factory(Person, fields="__all__").base_fields) == {"id", "stage"}
    assert Person.name.formfield() is None
    with pytest.raises(FieldError, match="not serialised"):
        serializers.serialize("json", Person.objects.all(), stream=io.StringIO())


def test_full_clean_reads_the_plain_value() -> None:
    Person.objects.create(name="张三")
    Person.objects.get().full_clean(validate_unique=False, validate_constraints=False)


def test_a_pickled_unread_row_holds_no_plain_text_and_still_opens() -> None:
    Person.objects.create(name="张三")
    value = Person.objects.values_list("name", flat=True).get()
    packed = pickle.dumps(value)
    assert "张三".encode() not in packed
    assert pickle.loads(packed) == value


def test_a_migration_rebuilds_the_field() -> None:
    field = SealedTextField("name", null=True, bound_to_row=False, context="cards.Holder.name")
    written, imports = MigrationWriter.serialize(field)
    assert imports == {"import cards.models.fields"}
    for argument in ("null=True", "bound_to_row=False", "context='cards.Holder.name'", "verbose_name='name'"):
        assert argument in written
    assert "editable" not in written
    plain = SealedTextField()
    assert plain.deconstruct()[3] == {}
    assert plain.clone().bound_to_row is True


@isolate_apps("cards")
def test_a_renamed_model_opens_old_values_by_the_pinned_context() -> None:
    person = Person.objects.create(name="张三")

    class Human(models.Model):
        id = models.UUIDField(primary_key=True, default=uuid.uuid4)
        name = SealedTextField(context="cards.Person.name")

        class Meta:
            app_label = "cards"
            db_table = "cards_person"

    assert Human.objects.get(pk=person.pk).name == "张三"


@isolate_apps("cards")
def test_the_checks_refuse_what_a_sealed_column_cannot_promise() -> None:
    class Careless(models.Model):
        code = SealedTextField(unique=True)
        town = SealedTextField(db_index=True, bound_to_row=False)
        street = SealedTextField(db_default="x")

        class Meta:
            app_label = "cards"

    def ids(field: str) -> list[str | None]:
        return [problem.id for problem in Careless._meta.get_field(field).check(databases=["default"])]

    assert ids("code") == ["cards.E001", "cards.E003"]
    assert ids("town") == ["cards.E001"]
    assert ids("street")[-2:] == ["cards.E002", "cards.E003"]
    assert [Person._meta.get_field(name).check() for name in ("name", "phone", "shared")] == [[]] * 3


@isolate_apps("cards")
def test_a_field_of_an_abstract_model_takes_the_place_of_each_concrete_one() -> None:
    class Acted(models.Model):
        agent = SealedTextField(null=True)

        class Meta:
            abstract = True

    class Report(Acted):
        id = models.UUIDField(primary_key=True, default=uuid.uuid4)

        class Meta:
            app_label = "cards"

    class Decision(Acted):
        id = models.UUIDField(primary_key=True, default=uuid.uuid4)

        class Meta:
            app_label = "cards"

    assert (Report.agent.seal_context, Decision.agent.seal_context) == ("cards.Report.agent", "cards.Decision.agent")
