"""A guide comes out after a second person's review: every state, every step, everybody; nothing lost between two."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from guidance import editing, loading, problems, search, shipped, snapshot
from guidance.editing import STEPS, DraftAction, Role
from guidance.models import OPEN, Article, Draft, DraftState
from tests.guidance.texts import rewrite

WRITERS = ("view_article", "view_draft", "add_draft", "change_draft")
WHO = {
    "editor": WRITERS,
    "author": WRITERS,
    "publisher": (*WRITERS, "publish_article"),
    "author who is a publisher": (*WRITERS, "publish_article"),
    "auditor": ("view_article", "view_draft"),
}
AUTHORS = ("author", "author who is a publisher")


@pytest.fixture
def people(db) -> dict[str, User]:
    """One colleague for each way of standing to a draft."""
    found = {}
    for name, codenames in WHO.items():
        found[name] = User.objects.create_user(name.replace(" ", "-"), is_staff=True)
        found[name].user_permissions.set(
            Permission.objects.filter(content_type__app_label="guidance", codename__in=codenames)
        )
    return found


@pytest.fixture
def article(guides) -> Article:
    return Article.objects.get(slug="your-data")


@pytest.fixture
def draft(article, people) -> Draft:
    """A draft that both authors wrote on."""
    made = editing.begin(article, people["author"])
    for name in AUTHORS:
        made.title_zh = f"鲸鱼{name}"
        editing.write(made, people[name])
    return made


def put(draft: Draft, state: DraftState, people) -> Draft:
    """Bring a draft into a state, as the table says."""
    later = timezone.now() + timedelta(days=1)
    ways = {
        DraftState.WRITING: (),
        DraftState.IN_REVIEW: (DraftAction.SUBMIT,),
        DraftState.SCHEDULED: (DraftAction.SUBMIT, DraftAction.SCHEDULE),
        DraftState.PUBLISHED: (DraftAction.SUBMIT, DraftAction.PUBLISH),
        DraftState.DISCARDED: (DraftAction.DISCARD,),
    }
    for action in ways[state]:
        by = people["publisher" if STEPS[action].by is Role.REVIEWER else "author"]
        draft = editing.take(draft, action, by, version=draft.version, publish_at=later)
    assert draft.state == state
    return draft


def allowed(action: DraftAction, name: str) -> bool:
    """What the table's column means for each of them."""
    if STEPS[action].by is Role.WRITER:
        return "change_draft" in WHO[name]
    return STEPS[action].by is Role.REVIEWER and "publish_article" in WHO[name] and name not in AUTHORS


@pytest.mark.parametrize("action", DraftAction)
@pytest.mark.parametrize("state", DraftState)
def test_every_step_from_every_state_by_everybody(draft, people, state, action):
    draft = put(draft, state, people)
    for name, user in people.items():
        may = state in STEPS[action].begins and allowed(action, name)
        assert bool(editing.refusal(draft, action, user)) is not may, (state, action, name)
        assert (action in editing.possible(draft, user)) is may
        if not may:
            before = Draft.objects.values().get(pk=draft.pk)
            with pytest.raises(editing.Refused, match=r"\w"):
                editing.take(draft, action, user, version=draft.version, note="…", publish_at=before["publish_at"])
            assert Draft.objects.values().get(pk=draft.pk) == before
    chosen = next((user for name, user in people.items() if allowed(action, name)), None)
    if state in STEPS[action].begins:
        later = timezone.now() + timedelta(days=1)
        after = editing.take(draft, action, chosen, version=draft.version, note="改短", publish_at=later)
        assert after.state == STEPS[action].ends
        assert after.version == draft.version + 1


def test_the_public_reads_the_old_text_until_the_new_one_is_published(article, draft, people):
    old = article.title_zh
    for state in (DraftState.WRITING, DraftState.IN_REVIEW):
        draft = put(draft, state, people) if draft.state != state else draft
        snapshot.forget()
        page = Client().get("/guides/your-data/?lang=zh-hans").content.decode()
        assert old in page
        assert "鲸鱼" not in page
        assert not search.find("鲸鱼")
    published = editing.take(draft, DraftAction.PUBLISH, people["publisher"], version=draft.version)
    snapshot.forget()
    assert "鲸鱼" in Client().get("/guides/your-data/?lang=zh-hans").content.decode()
    assert article.pk in {hit.article_id for hit in search.find("鲸鱼")}
    article.refresh_from_db()
    assert article.last_reviewed == timezone.localdate()
    assert article.review_by == timezone.localdate() + timedelta(days=365)
    assert article.history.latest().history_user == people["publisher"]
    assert {law.pk for law in article.laws.all()} == {law.pk for law in published.laws.all()}
    assert article.related.count() == published.related.count() > 0


def test_a_new_guide_begins_as_a_draft_and_has_no_page_before(guides, people, article):
    new = Draft(slug="whales", topic=article.topic, review_by=timezone.localdate() + timedelta(days=30))
    for name in ("title", "summary", "body"):
        for language in ("zh", "en"):
            setattr(new, f"{name}_{language}", {"zh": "鲸鱼。", "en": "Whales."}[language])
    editing.write(new, people["author"])
    assert Client().get("/guides/whales/").status_code == 404
    new = editing.take(new, DraftAction.SUBMIT, people["editor"], version=1)
    editing.take(new, DraftAction.PUBLISH, people["publisher"], version=new.version)
    snapshot.forget()
    assert Client().get("/guides/whales/").status_code == 200
    made = Article.objects.get(slug="whales")
    assert made.review_by == timezone.localdate() + timedelta(days=30)
    assert made.drafts.get() == new


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("title_en", " ", "in both languages"),
        ("body_zh", "", "in both languages"),
        ("body_en", "[x](/guides/nowhere/)", "/guides/nowhere/"),
        ("body_zh", f"![](/pictures/{'0' * 32}.webp)", "not among ours"),
    ],
)
def test_what_is_not_fit_for_the_public_is_not_sent_on(draft, people, field, value, told):
    setattr(draft, field, value)
    editing.write(draft, people["author"])
    with pytest.raises(editing.Refused, match=told):
        editing.take(draft, DraftAction.SUBMIT, people["author"], version=draft.version)


def test_sending_back_asks_for_a_reason_and_shows_it(draft, people):
    draft = put(draft, DraftState.IN_REVIEW, people)
    with pytest.raises(editing.Refused, match="Say in a sentence"):
        editing.take(draft, DraftAction.SEND_BACK, people["publisher"], version=draft.version, note=" ")
    back = editing.take(draft, DraftAction.SEND_BACK, people["publisher"], version=draft.version, note="第一句太长")
    assert (back.state, back.note) == (DraftState.WRITING, "第一句太长")


@pytest.mark.parametrize("days", [-1, 0, 400, None])
def test_a_time_that_cannot_be_is_refused(draft, people, days):
    draft = put(draft, DraftState.IN_REVIEW, people)
    at = None if days is None else timezone.now() + timedelta(days=days)
    with pytest.raises(editing.Refused, match="Choose a"):
        editing.take(draft, DraftAction.SCHEDULE, people["publisher"], version=draft.version, publish_at=at)


def test_the_worker_brings_out_what_is_due_and_nothing_earlier(draft, people, article, time_machine):
    draft = put(draft, DraftState.SCHEDULED, people)
    call_command("run_worker", "--once", verbosity=0)
    draft.refresh_from_db()
    assert draft.state == DraftState.SCHEDULED
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    call_command("run_worker", "--once", verbosity=0)
    call_command("run_worker", "--once", verbosity=0)
    draft.refresh_from_db()
    article.refresh_from_db()
    assert draft.state == DraftState.PUBLISHED
    assert article.title_zh.startswith("鲸鱼")
    assert article.history.latest().history_user == people["publisher"]
    assert article.history.filter(title_zh=article.title_zh, history_type="~").count() >= 1


def test_what_cannot_come_out_at_its_time_goes_back_with_the_reason(draft, people, article, time_machine):
    draft.body_zh += "\n\n[看这里](/guides/fees/)"
    editing.write(draft, people["author"])
    draft = put(draft, DraftState.SCHEDULED, people)
    editing.show(Article.objects.get(slug="fees"), people["publisher"], published=False)
    time_machine.move_to(timezone.now() + timedelta(days=2))
    assert editing.publish_due() == 0
    draft.refresh_from_db()
    assert draft.state == DraftState.WRITING
    assert "/guides/fees/" in draft.note
    article.refresh_from_db()
    assert not article.title_zh.startswith("鲸鱼")


def test_whoever_acts_on_what_is_no_longer_so_is_told(draft, people):
    seen = draft.version
    editing.write(Draft.objects.get(pk=draft.pk), people["editor"])
    with pytest.raises(editing.Stale, match="editor changed this draft") as stale:
        editing.take(draft, DraftAction.SUBMIT, people["author"], version=seen)
    assert stale.value.current.version == seen + 1


def test_two_editors_meet_in_one_draft(article, people):
    first = editing.begin(article, people["author"])
    assert editing.begin(article, people["editor"]) == first
    assert Draft.objects.filter(slug=article.slug, state__in=OPEN).count() == 1


def test_an_older_version_comes_back_as_a_draft_and_never_over_an_open_one(draft, people, article):
    old = article.title_zh
    draft = put(draft, DraftState.PUBLISHED, people)
    article.refresh_from_db()
    record = article.history.filter(title_zh=old).order_by("history_date").last()
    laws = {row.legaltext_id for row in record.laws.all()}
    again = editing.write_on_from(article, record, people["editor"])
    assert (again.title_zh, again.state) == (old, DraftState.WRITING)
    assert {law.pk for law in again.laws.all()} == laws
    assert article.title_zh != old
    with pytest.raises(editing.Refused, match="open draft"):
        editing.write_on_from(article, record, people["editor"])


def test_only_a_publisher_takes_a_guide_from_the_public_and_confirms_it(article, people):
    for name in ("editor", "auditor"):
        with pytest.raises(editing.Refused):
            editing.show(article, people[name], published=False)
        with pytest.raises(editing.Refused):
            editing.reviewed(article, people[name])
    Article.objects.filter(pk=article.pk).update(review_by=timezone.localdate())
    editing.reviewed(article, people["publisher"])
    article.refresh_from_db()
    assert article.review_by == timezone.localdate() + timedelta(days=365)
    editing.show(article, people["publisher"], published=False)
    snapshot.forget()
    assert Client().get("/guides/your-data/").status_code == 404


def test_a_shipped_update_waits_while_somebody_writes_on_the_guide(article, draft, people, folder):
    rewrite(folder / "your-data.zh.md", "title: ", "title: 新")
    done = {name: deed for deed, name in loading.load(shipped.read(folder))}
    assert done["guide your-data"] == loading.KEPT
    put(draft, DraftState.DISCARDED, people)
    done = {name: deed for deed, name in loading.load(shipped.read(folder))}
    assert done["guide your-data"] == loading.UPDATED


def test_the_demonstration_has_a_draft_to_review_and_one_to_write_on(guides, people, settings):
    settings.DEMO = True
    people["editor"].username = "editor"
    people["editor"].save()
    for _again in range(2):
        call_command("demo_drafts")
        assert sorted(Draft.objects.values_list("slug", "state")) == [("fees", "in_review"), ("first-card", "writing")]
    found = problems.of(Draft.objects.get(slug="first-card"))
    assert {problem.stops for problem in found} == {True, False}
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demonstration"):
        call_command("demo_drafts")
