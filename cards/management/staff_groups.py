"""What each group of staff may do, as one table, and its writing into the database."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from cards.vocabulary import Action

_LOOK = frozenset({"cards.find_cardholder"}) | {
    f"cards.view_{model}"
    for model in (
        "cardholder",
        "card",
        "application",
        "lossreport",
        "cancellation",
        "replacement",
        "cardcertificate",
        "papernumber",
        "followup",
        "bank",
        "outlet",
    )
}
# Reference data that everybody at a desk may read; none of it is about a person.
_REFERENCE = frozenset(
    {
        "cards.view_bank",
        "cards.view_outlet",
        "cards.view_specialhours",
        "cards.view_ruleset",
        "cards.view_stagestandard",
        "cards.view_forecast",
        "cards.view_officeday",
        "cards.view_incidentnote",
    }
)
# Reserved for a supervisor, because they end a case or decide what a colleague asked for (Regulations Arts. 37–38).
_DECIDES = frozenset({Action.GRANT, Action.DECLINE, Action.CONFIRM_HANDED_OVER, Action.CONFIRM_NOT_RECEIVED})
_REVIEWED = frozenset({Action.REFUSE, Action.RECALL}) | _DECIDES
# What waits for a second person.
_SECOND_LOOKS = frozenset(f"cards.view_{model}" for model in ("override", "amendment", "merge", "dispute"))


def _acts(*actions: str) -> frozenset[str]:
    return frozenset(f"cards.act_{action}" for action in actions)


# The system lets reports lapse; no person does.
_AT_COUNTER = _acts(*(set(Action.values) - _REVIEWED - {Action.LAPSE}))
_READ_READERS = frozenset(
    f"guidance.{verb}_{model}" for verb in ("view", "delete") for model in ("missedsearch", "opinion")
)
_SPECIAL_HOURS = frozenset(f"cards.{verb}_specialhours" for verb in ("view", "add", "change", "delete"))
# What the public reads of a guide changes by a draft only, so nobody changes an article itself.
_EDIT = frozenset(
    f"guidance.{verb}_{model}" for verb in ("add", "change", "view") for model in ("draft", "picture")
) | {
    "guidance.view_article",
    "guidance.view_topic",
    "guidance.view_legaltext",
    "guidance.delete_picture",
}
# Shelves and law have no drafts: what is changed there is read at once.
_PUBLISH = frozenset(f"guidance.{verb}_{model}" for verb in ("add", "change") for model in ("topic", "legaltext")) | {
    "guidance.publish_article"
}

GROUPS: dict[str, "frozenset[str] | set[str]"] = {
    # A clerk compares the document on the table with the record; an officer on the phone verifies without seeing it.
    # A clerk hands a result file in; a supervisor confirms it, because it moves many cases at once.
    "clerk": _LOOK
    | _REFERENCE
    | _AT_COUNTER
    | {"cards.view_full", "cards.view_dispute", "cards.view_intakefile", "cards.add_intakefile"},
    "hotline": _LOOK
    | _REFERENCE
    | _acts(Action.REPORT_ORALLY, Action.CORRECT, Action.CALL_BACK, Action.REFER, Action.SETTLE),
    "supervisor": _LOOK
    | _REFERENCE
    | _AT_COUNTER
    | _acts(*_REVIEWED)
    | _SECOND_LOOKS
    | {
        "cards.view_full",
        "cards.view_event",
        "cards.view_intakefile",
        "cards.add_intakefile",
        "cards.change_intakefile",
        "cards.view_staffprofile",
        "cards.add_staffprofile",
        "cards.change_staffprofile",
        "cards.add_ruleset",
        "cards.change_ruleset",
        "cards.review_ruleset",
        "cards.enforce_ruleset",
        "cards.view_situationtable",
        "cards.add_situationtable",
        "cards.release_situationtable",
        "cards.change_outlet",
        "cards.add_outlet",
        "cards.change_bank",
        "cards.add_bank",
        "cards.add_officeday",
        "cards.change_officeday",
        "cards.delete_officeday",
        *_SPECIAL_HOURS,
        "cards.view_overview",
        "cards.view_accessrecord",
        "cards.view_agentact",
        "cards.add_incidentnote",
        "cards.view_notice",
        "cards.retry_notice",
        "cards.view_noticeconsent",
        "cards.view_export",
        "cards.add_export",
        "cards.release_export",
    },
    "editor": _EDIT | _READ_READERS,
    "publisher": _EDIT | _READ_READERS | _PUBLISH,
    # Three kinds of administrators, and nobody is two of them: who runs the system, who lets people in, who watches.
    "system": _REFERENCE
    | {
        "cards.add_bank",
        "cards.change_bank",
        "cards.add_outlet",
        "cards.change_outlet",
        "cards.add_officeday",
        "cards.change_officeday",
        "cards.delete_officeday",
        "cards.view_notice",
        "cards.retry_notice",
        *_SPECIAL_HOURS,
    },
    "security": {
        "auth.view_user",
        "auth.add_user",
        "auth.change_user",
        "auth.view_group",
        "cards.view_staffprofile",
        "cards.add_staffprofile",
        "cards.change_staffprofile",
        "cards.delete_staffprofile",
        "cards.view_outlet",
        # A lost second factor is removed, and its owner enrols anew; nobody sees or sets the secret of another.
        "otp_totp.view_totpdevice",
        "otp_totp.delete_totpdevice",
    },
    "auditor": _REFERENCE
    | {
        "cards.view_event",
        "cards.view_accessrecord",
        "cards.view_staffprofile",
        "cards.view_export",
        "cards.view_exportdownload",
        "cards.view_noticeconsent",
    },
}
ADMINISTRATORS = ("system", "security", "auditor")


class PermissionUnknown(LookupError):
    """The table names a permission that no model declares."""


def load(*, dry_run: bool = False) -> dict[str, tuple[int, int]]:
    """Give every group exactly its permissions; returns how many were added and removed, per group."""
    known = {f"{p.content_type.app_label}.{p.codename}": p for p in Permission.objects.select_related("content_type")}
    missing = sorted(frozenset().union(*GROUPS.values()) - known.keys())
    if missing:
        raise PermissionUnknown(", ".join(missing))
    done = {}
    with transaction.atomic():
        for name, wanted in GROUPS.items():
            group = Group.objects.filter(name=name).first()
            held = set(group.permissions.values_list("pk", flat=True)) if group else set()
            due = {known[permission].pk for permission in wanted}
            done[name] = len(due - held), len(held - due)
            if not dry_run:
                group = group or Group.objects.create(name=name)
                group.permissions.set(due)
    return done
