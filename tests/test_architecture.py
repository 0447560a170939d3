"""The rules of the house that a program can check: who writes a status, who imports whom, what a file looks like."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

# Beside the one test that writes a file into the tree, never while it runs.
pytestmark = pytest.mark.xdist_group("tree")
ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("portal", "cards", "guidance")
LONGEST_FILE = 400
STATUS_FIELDS = {"stage", "status", "social_status", "bank_status", "stop"}
# Rows that move through a workflow; in the others (standards, forecasts) a stage is only a label.
MOVING = {"Application", "Card", "LossReport"}
WRITERS = {"swap", "update", "create", "get_or_create", "update_or_create", "aupdate", "acreate"}
# A year of finished cards of a demonstration, which came about in no service.
PAST = ROOT / "cards" / "management" / "demonstration" / "past_year.py"
SIGNALS = re.compile(r"django\.dispatch|\.signals\b")


def python_files(*folders: str) -> list[Path]:
    return [
        path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts
    ]


def templates() -> list[Path]:
    return [path for folder in ("templates", *PACKAGES) for path in sorted((ROOT / folder).rglob("*.html"))]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def status_writes(tree: ast.Module, labels: frozenset[str] = frozenset()) -> Iterator[tuple[int, str]]:
    """Yield line and field of everything that sets a status: assignment, query, constructor, setattr."""
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
            targets = [node.target]
        for target in targets:
            for part in ast.walk(target):
                if isinstance(part, ast.Attribute) and part.attr in STATUS_FIELDS and isinstance(part.ctx, ast.Store):
                    yield node.lineno, part.attr
        if isinstance(node, ast.Call):
            yield from ((node.lineno, field) for field in fields_set_by(node, labels))


def root_of(expression: ast.expr) -> str:
    """Return the first name of a chain: `Card` of `Card.objects.filter(…).update`."""
    while isinstance(expression, (ast.Attribute, ast.Call)):
        expression = expression.value if isinstance(expression, ast.Attribute) else expression.func
    return expression.id if isinstance(expression, ast.Name) else ""


def words_in(expressions: list[ast.expr]) -> set[str]:
    """Return every text that stands in the expressions."""
    nodes = (node for expression in expressions for node in ast.walk(expression))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def fields_set_by(call: ast.Call, labels: frozenset[str]) -> set[str]:
    """Return the status fields that a call sets; `labels` are the models whose stage is no status."""
    function = call.func.attr if isinstance(call.func, ast.Attribute) else root_of(call.func)
    if root_of(call.func) in labels:
        return set()
    keywords = [keyword.value for keyword in call.keywords]
    if function in WRITERS | MOVING:
        # The texts too: update_or_create(defaults={"status": …}) and update(**{"status": …})
        return STATUS_FIELDS & ({keyword.arg or "" for keyword in call.keywords} | words_in(keywords))
    if function in {"setattr", "bulk_update"}:
        return STATUS_FIELDS & words_in([*call.args, *keywords])
    return set()


def label_models() -> frozenset[str]:
    return frozenset(model.__name__ for model in apps.get_app_config("cards").get_models()) - MOVING


def test_nothing_outside_the_services_writes_a_status() -> None:
    labels = label_models()
    writers = {
        f"{name_of(path)}:{line} sets {field}"
        for path in python_files("cards", "portal")
        if (ROOT / "cards" / "services") not in path.parents and path != PAST
        for line, field in status_writes(ast.parse(path.read_text(encoding="utf-8")), labels)
    }
    assert not writers


def test_the_search_for_writers_finds_the_services_themselves() -> None:
    """Without this, a search that finds nothing would pass for a clean house."""
    services = python_files("cards/services")
    found = {f for path in services for _line, f in status_writes(ast.parse(path.read_text("utf-8")))}
    assert {"stage", "status"} <= found


@pytest.mark.parametrize(
    "source",
    [
        "x.status = 1",
        "a.b.stage, y = 1, 2",
        "x.stop: str = 'a'",
        "Card.objects.update(social_status='x')",
        "Card.objects.filter(a=1).update(**{'bank_status': 'x'})",
        "Application.objects.create(holder=h, stage='x')",
        "Application(stage='x')",
        "LossReport.objects.update_or_create(pk=1, defaults={'status': 'x'})",
        "setattr(card, 'status', 'x')",
        "Card.objects.bulk_update(cards, ['social_status'])",
    ],
)
def test_every_way_to_write_a_status_is_recognised(source: str) -> None:
    assert list(status_writes(ast.parse(source)))


def test_stage_of_a_standard_is_a_label() -> None:
    assert not list(status_writes(ast.parse("StageStandard.objects.create(stage='x')"), label_models()))


@pytest.mark.parametrize("source", ["if x.status == 1: pass", "y = x.stage", "f(stage=1)", "filter(status='x')"])
def test_reading_a_status_is_no_write(source: str) -> None:
    assert not list(status_writes(ast.parse(source)))


def test_status_fields_are_those_of_the_models() -> None:
    fields = {field.name for model in apps.get_app_config("cards").get_models() for field in model._meta.fields}
    assert fields >= STATUS_FIELDS


def test_imports_go_down_only() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_signals() -> None:
    found = [
        name_of(path)
        for path in python_files(*PACKAGES)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (
            isinstance(node, ast.ImportFrom)
            and SIGNALS.search(f"{node.module}.{'.'.join(a.name for a in node.names)}")
        )
        or (isinstance(node, ast.Import) and any(SIGNALS.search(alias.name) for alias in node.names))
    ]
    assert not found


def test_every_python_folder_is_a_package() -> None:
    """Import rules see packages only; a folder without `__init__.py` would escape them."""
    folders = {path.parent for path in python_files(*PACKAGES, "tests")}
    assert not [name_of(folder) for folder in folders if not (folder / "__init__.py").exists()]


def test_every_python_file_says_what_it_holds() -> None:
    silent = [
        name_of(path)
        for path in [*python_files(*PACKAGES, "tests", "benchmarks", "deploy"), ROOT / "manage.py"]
        if (source := path.read_text(encoding="utf-8")) and not ast.get_docstring(ast.parse(source))
    ]
    assert not silent


def test_no_file_is_long() -> None:
    sources = [*python_files(*PACKAGES, "tests", "benchmarks"), *templates(), *sorted((ROOT / "static").rglob("*.js"))]
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources}
    assert not {name: length for name, length in lengths.items() if length > LONGEST_FILE}


@pytest.mark.parametrize("name", ["utils.py", "helpers.py", "misc.py", "common.py"])
def test_no_drawer_for_everything(name: str) -> None:
    assert not [name_of(path) for path in python_files(*PACKAGES) if path.name == name]


FORBIDDEN_IN_TEMPLATES = {
    "inline style": r"<style|\sstyle\s*=",
    "inline script": r"<script(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*[\"']|javascript:",
    "unescaped output": r"\|\s*safe\b|\{%\s*autoescape\s+off|\|\s*safeseq\b",
    "comparison of a status": (
        r"\{%\s*(?:el)?if[^%]*\b(?:stage|status|social_status|bank_status|stop)\s*(?:==|!=|\bnot in\b|\bin\b)"
    ),
    "foreign address": r"(?:src|action)\s*=\s*[\"']?(?:https?:)?//",
}


@pytest.mark.parametrize("fault", FORBIDDEN_IN_TEMPLATES)
def test_templates_are_free_of(fault: str) -> None:
    pattern = re.compile(FORBIDDEN_IN_TEMPLATES[fault])
    found = {name_of(path): m[0] for path in templates() if (m := pattern.search(path.read_text(encoding="utf-8")))}
    assert not found


@pytest.mark.parametrize(
    ("fault", "source"),
    [
        ("inline style", '<p style="a">'),
        ("inline script", "<script>x</script>"),
        ("inline script", '<a onclick="x">'),
        ("unescaped output", "{{ a|safe }}"),
        ("comparison of a status", '{% if card.status == "a" %}'),
        ("foreign address", '<script src="//a.example">'),
    ],
)
def test_fault_is_recognised(fault: str, source: str) -> None:
    assert re.search(FORBIDDEN_IN_TEMPLATES[fault], source)


def locked(file: str) -> set[str]:
    text = (ROOT / "requirements" / file).read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))


def test_locks_hold_every_dependency_and_no_address() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime = {re.match(r"[\w-]+", entry)[0] for entry in project["project"]["dependencies"]}  # type: ignore[index]
    dev = {re.match(r"[\w-]+", entry)[0] for entry in project["dependency-groups"]["dev"]}  # type: ignore[index]
    assert runtime <= locked("runtime.txt") <= locked("dev.txt")
    assert dev <= locked("dev.txt")
    for path in (ROOT / "requirements").iterdir():
        assert "://" not in path.read_text(encoding="utf-8")
