"""How a guide comes before the public: drafts, their review by a second person, and the moment they come out.

The table `STEPS` says what leads where and who may do it; the functions below it are the only writers of drafts.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guidance import comparing, problems, publishing
from guidance.models import OPEN, REVIEWED_AGAIN_AFTER, Article, Draft, DraftState, Topic

# `request.user` of somebody signed in to the admin, whom the stubs know only as anybody.
User = Any
LATEST = timedelta(days=365)
COPIED = ("slug", "topic", *Article.FIELDS, "situation")
# What the history says of a change that was no step of the table.
BEGUN, WRITTEN = "begun", "written"
WRITE, PUBLISH = "guidance.change_draft", "guidance.publish_article"


class Role(StrEnum):
    """Who may take a step."""

    WRITER = "writer"  # whoever may write guides
    REVIEWER = "reviewer"  # whoever may publish them and wrote nothing of this one
    CLOCK = "clock"  # the worker


class DraftAction(StrEnum):
    """What can be done with a draft besides writing on it."""

    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    SEND_BACK = "send_back"
    SCHEDULE = "schedule"
    PUBLISH = "publish"
    COME_OUT = "come_out"
    DISCARD = "discard"


@dataclass(frozen=True)
class Step:
    """One line of the table."""

    begins: frozenset[DraftState]
    ends: DraftState
    by: Role


_WAITING = frozenset({DraftState.IN_REVIEW, DraftState.SCHEDULED})
STEPS: dict[DraftAction, Step] = {
    DraftAction.SUBMIT: Step(frozenset({DraftState.WRITING}), DraftState.IN_REVIEW, Role.WRITER),
    DraftAction.TAKE_BACK: Step(_WAITING, DraftState.WRITING, Role.WRITER),
    DraftAction.SEND_BACK: Step(_WAITING, DraftState.WRITING, Role.REVIEWER),
    DraftAction.SCHEDULE: Step(frozenset({DraftState.IN_REVIEW}), DraftState.SCHEDULED, Role.REVIEWER),
    DraftAction.PUBLISH: Step(_WAITING, DraftState.PUBLISHED, Role.REVIEWER),
    DraftAction.COME_OUT: Step(frozenset({DraftState.SCHEDULED}), DraftState.PUBLISHED, Role.CLOCK),
    DraftAction.DISCARD: Step(frozenset({DraftState.WRITING}), DraftState.DISCARDED, Role.WRITER),
}


class Refused(Exception):
    """A step that is not taken, with the sentence that says why and what to do."""


class Stale(Refused):
    """Somebody else changed the draft meanwhile; `current` is what it is now."""

    def __init__(self, current: Draft) -> None:
        self.current = current
        super().__init__(
            _("%(name)s changed this draft at %(time)s, after you opened it.")
            % {"name": name_of(current.changed_by), "time": f"{timezone.localtime(current.changed_at):%H:%M}"}
        )


def name_of(user: Any) -> str:
    """What a colleague is called on the page."""
    return (user.get_short_name() or user.get_username()) if user else _("the system")


def credit(changed: Any, by: User | None) -> None:
    """Let the history name who made the next change."""
    changed._history_user = by


# --- what is possible ---------------------------------------------------------------------------------------------


def refusal(draft: Draft, action: DraftAction, by: User | None) -> str:
    """Return why somebody (None: the clock) may not take a step with a draft now, or an empty text."""
    step = STEPS[action]
    if (by is None) != (step.by is Role.CLOCK):
        return _("This is done by the clock only.")
    if draft.state not in step.begins:
        return _("That is not possible now: the draft is %(state)s.") % {"state": draft.get_state_display()}
    if step.by is Role.WRITER and not _may(by, WRITE):
        return _("You may read drafts, not change them.")
    if step.by is Role.REVIEWER:
        if not _may(by, PUBLISH):
            return _("Only a publisher decides whether a guide comes out.")
        if draft.authors.filter(pk=cast(User, by).pk).exists():
            return _("You wrote on this draft yourself, so another publisher must review it.")
    return ""


def _may(user: User | None, permission: str) -> bool:
    return user is not None and user.has_perm(permission)


def possible(draft: Draft, by: User) -> list[DraftAction]:
    """Return the steps somebody may take with a draft now."""
    return [action for action, step in STEPS.items() if step.by is not Role.CLOCK and not refusal(draft, action, by)]


# --- writing ------------------------------------------------------------------------------------------------------


def begin(article: Article, by: User) -> Draft:
    """Return the open draft of a guide, made from what the public reads when there is none."""
    try:
        return _open_draft(article.slug) or _copy(article, article, by)
    except IntegrityError:
        # A colleague pressed the same button a moment before.
        found = _open_draft(article.slug)
        if found is None:
            raise
        return found


def write_on_from(article: Article, version: Any, by: User) -> Draft:
    """Begin a draft with what an older version said; refused while a draft is open, so that none is lost.

    Whoever chooses the version counts as a writer: somebody else must review what comes back.
    """
    try:
        if _open_draft(article.slug) is None:
            with transaction.atomic():
                draft = _copy(article, version, by)
                draft.authors.add(by)
            return draft
    except IntegrityError:
        if _open_draft(article.slug) is None:
            raise
    raise Refused(_("There is an open draft of this guide. Publish or discard it first; then bring this back."))


def _open_draft(slug: str) -> Draft | None:
    return Draft.objects.filter(slug=slug, state__in=OPEN).first()


def _copy(article: Article, source: Any, by: User) -> Draft:
    words = {name: getattr(source, name) for name in COPIED if name != "topic"}
    # An old version may have stood on a shelf that is gone.
    topic = Topic.objects.filter(pk=source.topic_id).first() or article.topic
    draft = Draft(article=article, topic=topic, **words)
    with transaction.atomic():
        _keep(draft, by, BEGUN)
        draft.laws.set(comparing.linked(source, "laws"))
        draft.related.set(comparing.linked(source, "related"))
    return draft


def newest(draft: Draft, version: int) -> Draft:
    """Return a draft that may be written on, held until the end of the transaction; else refuse."""
    current = Draft.objects.select_for_update(of=("self",)).select_related("changed_by").get(pk=draft.pk)
    if not current.open:
        raise Refused(
            _("This draft is %(state)s since %(time)s. Your text stands below: keep it with “Save as new”.")
            % {"state": current.get_state_display(), "time": f"{timezone.localtime(current.changed_at):%H:%M}"}
        )
    if current.state != DraftState.WRITING:
        raise Refused(
            _(
                "%(name)s sent this draft on at %(time)s, so it is not changed now. Your text stands below: "
                "take the draft back in another tab, then save again."
            )
            % {"name": name_of(current.changed_by), "time": f"{timezone.localtime(current.changed_at):%H:%M}"}
        )
    if current.version != version:
        raise Stale(current)
    return current


def write(draft: Draft, by: User) -> None:
    """Save the text of a draft that `newest` gave out, or of a new one."""
    if draft.pk:
        draft.version += 1
        _keep(draft, by, WRITTEN)
    else:
        draft.article = Article.objects.filter(slug=draft.slug).first()
        _keep(draft, by, BEGUN)
    draft.authors.add(by)


def last_written(draft: Draft) -> bool:
    """Whether the last thing that happened to a draft is that somebody began or wrote it."""
    return draft.history.latest().history_change_reason in (BEGUN, WRITTEN)


def _keep(draft: Draft, by: User | None, reason: str) -> None:
    draft.changed_by = by
    credit(draft, by)
    draft._change_reason = reason  # type: ignore[attr-defined]  # kept by the history
    draft.save()


# --- the steps ----------------------------------------------------------------------------------------------------


def take(
    draft: Draft,
    action: DraftAction,
    by: User | None,
    *,
    version: int,
    note: str = "",
    publish_at: datetime | None = None,
) -> Draft:
    """Take a step with a draft as somebody saw it; the draft, the guide and the caches change together or not at all.

    Raises Refused with what to do, Stale when somebody else was faster.
    """
    with transaction.atomic():
        current = Draft.objects.select_for_update(of=("self",)).select_related("changed_by", "topic").get(pk=draft.pk)
        if current.version != version:
            raise Stale(current)
        if told := refusal(current, action, by):
            raise Refused(told)
        step = STEPS[action]
        if step.ends in _WAITING | {DraftState.PUBLISHED}:
            _check(current)
        if action is DraftAction.SEND_BACK and not note.strip():
            raise Refused(_("Say in a sentence what should be changed: the writer sees it above the draft."))
        if action is DraftAction.SCHEDULE:
            _check_time(publish_at)
        current.state, current.version = step.ends, current.version + 1
        current.note = note.strip() if action is DraftAction.SEND_BACK else ""
        current.publish_at = publish_at if action is DraftAction.SCHEDULE else None
        current.approved_by = _approver(current, step, by)
        if step.ends is DraftState.PUBLISHED:
            _bring_out(current, current.approved_by)
        _keep(current, by, str(action))
    return current


def _approver(draft: Draft, step: Step, by: User | None) -> Any:
    if step.by is Role.CLOCK:
        return draft.approved_by
    return by if step.by is Role.REVIEWER and step.ends is not DraftState.WRITING else None


def _check(draft: Draft) -> None:
    found = problems.stopping(draft)
    if found:
        first = found[0]
        raise Refused(f"{problems.label(first)}: {first.sentence}")


def _check_time(publish_at: datetime | None) -> None:
    now = timezone.now()
    if publish_at is None or publish_at <= now:
        raise Refused(_("Choose a day and a time that are still to come."))
    if publish_at > now + LATEST:
        raise Refused(_("Choose a time within a year: until then the guide would not have been looked at."))


def _bring_out(draft: Draft, by: Any) -> None:
    article = draft.article or Article(slug=draft.slug)
    for name in COPIED:
        setattr(article, name, getattr(draft, name))
    today = timezone.localdate()
    article.published, article.last_reviewed = True, today
    article.review_by = draft.review_by or today + REVIEWED_AGAIN_AFTER
    credit(article, by)
    publishing.publish(article, draft.laws.all(), draft.related.exclude(pk=article.pk))
    draft.article = article


def publish_due() -> int:
    """Bring out what is due; what cannot come out any more goes back to its writers with the reason."""
    done = 0
    due = Draft.objects.filter(state=DraftState.SCHEDULED, publish_at__lte=timezone.now()).order_by("publish_at")
    for draft in due:
        try:
            take(draft, DraftAction.COME_OUT, None, version=draft.version)
            done += 1
        except Stale:
            continue  # a colleague was faster, and that is what counts
        except Refused as refused:
            _give_back(draft, str(refused))
    return done


def _give_back(draft: Draft, reason: str) -> None:
    with transaction.atomic():
        current = Draft.objects.select_for_update().get(pk=draft.pk)
        if current.version != draft.version:
            return
        current.state, current.version = DraftState.WRITING, current.version + 1
        current.publish_at = current.approved_by = None
        current.note = _("It did not come out at its time. %(reason)s") % {"reason": reason}
        _keep(current, None, "given back")


# --- the guide itself ---------------------------------------------------------------------------------------------


def show(article: Article, by: User, *, published: bool) -> None:
    """Take a guide from the public, or give it back; publishers only."""
    if not _may(by, PUBLISH):
        raise Refused(_("Only a publisher decides whether a guide comes out."))
    with transaction.atomic():
        current = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if published and (found := problems.stopping(current)):
            raise Refused(found[0].sentence)
        current.published = published
        credit(current, by)
        publishing.publish(current)


def reviewed(article: Article, by: User) -> None:
    """Note that a guide was looked at and is right as it stands; publishers only."""
    if not _may(by, PUBLISH):
        raise Refused(_("Only a publisher confirms that a guide is still right."))
    with transaction.atomic():
        current = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        today = timezone.localdate()
        current.last_reviewed, current.review_by = today, today + REVIEWED_AGAIN_AFTER
        credit(current, by)
        publishing.publish(current)
