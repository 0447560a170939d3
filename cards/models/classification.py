"""What every column of the cards says about people: public, personal or sealed (docs: privacy).

* `public`: says nothing about any citizen: banks, outlets, rules, and figures over many cases.
* `personal`: belongs to one person but tells nothing by itself: random keys, moments, words out of a list, keyed
  digests. It stands in the clear because the office works by it.
* `sealed`: names, numbers, telephones and whatever people write: encrypted, and opened only with the key.

A new column has to be entered here; a test insists, and holds each class to its promise.
"""

PUBLIC, PERSONAL, SEALED = "public", "personal", "sealed"


def _all(kind: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), kind)


def _about_a_person(names: str, sealed: str = "") -> dict[str, str]:
    return _all(PERSONAL, names) | _all(SEALED, sealed)


_DECIDED = _about_a_person("id holder asked_by asked_at decided_by decided_at verdict", "reason verdict_reason")
_ACTED_FOR = _about_a_person("party channel evidence rule_version made_at", "agent_name agent_id_number")

FIELDS: dict[str, dict[str, str]] = {
    "cards.Cardholder": _about_a_person("id registered_at phone_since merged_into erased_at", "name id_number phone"),
    "cards.IdNumberIndex": _about_a_person("id key_id digest holder"),
    "cards.StaffProfile": _about_a_person("id user outlet"),
    "cards.Card": _about_a_person(
        "id holder card_type bank social_status social_since bank_status bank_since issued_at", "card_number"
    ),
    "cards.CardNumberIndex": _about_a_person("id key_id digest holder card"),
    "cards.PaperNumber": _about_a_person("number kind holder issue code_key_id made_at voided_at"),
    "cards.Answer": _about_a_person("id holder paper at keep_until channel user rule_version language state", "text"),
    "cards.CardCertificate": _about_a_person("id holder application paper outlet earliest_on issued_at used_at"),
    "cards.Application": _about_a_person(
        "id holder kind method card_type exchange_reason bank replaced_card card receipt accepted_outlet "
        "delivery_outlet stage stage_since stop accepted_at ready_at collect_by fee_yuan fee_exemption "
        "activation_needed rule_version history",
        "refusal_reason",
    ),
    "cards.Counter": _about_a_person("key expires count last before"),
    "cards.Event": _about_a_person(
        "id holder seq kind at subject value party channel user outlet rule_version detail_digest previous digest"
    ),
    "cards.EventDetail": _about_a_person("id holder event salt", "text"),
    "cards.AccessRecord": _about_a_person(
        "id holder subject_digest at keep_until channel purpose outcome user", "reason"
    ),
    "cards.LossReport": _ACTED_FOR
    | _about_a_person("id holder card form status card_status_before lapses_at ended_at receipt"),
    "cards.Cancellation": _ACTED_FOR | _about_a_person("id holder report receipt"),
    "cards.Replacement": _ACTED_FOR | _about_a_person("id holder report application replacement_route"),
    "cards.IntakeFile": _about_a_person(
        "id digest format state handed_in_at handed_in_by confirmed_at confirmed_by discarded_by channel outlet "
        "finished_at total applied unchanged refused",
        "name columns",
    ),
    "cards.IntakeLine": _about_a_person(
        "id file holder application line state result reason result_on fault found_stage found_stop first_line", "raw"
    ),
    "cards.FollowUp": _about_a_person("id holder kind reason outlet until made_at made_by settled_at outcome", "note"),
    "cards.WechatBinding": _about_a_person(
        "id holder language code_digest begun_at claimed_at confirmed_at until", "open_id"
    ),
    "cards.OpenIdIndex": _about_a_person("id key_id digest holder binding"),
    "cards.AnsweredMessage": _about_a_person("key at", "reply"),
    "cards.CallerEnquiry": _about_a_person("caller tail at"),
    "cards.DeskCall": _about_a_person("call caller user state at"),
    "cards.NoticeConsent": _about_a_person(
        "id holder channel language given_at source withdrawn_at withdrawn_source", "address"
    ),
    "cards.Notice": _about_a_person(
        "id holder cause kind channel language paper tail parameters at_once made_at due_at state attempts claim "
        "claimed_until begun_at sent_at remote_id failure settled_at keep_until",
        "address",
    ),
    "cards.Override": _DECIDED | _about_a_person("action refusal subject about valid_until used_at"),
    "cards.Amendment": _DECIDED | _about_a_person("part", "old_value new_value"),
    "cards.Merge": _DECIDED | _about_a_person("other"),
    "cards.Dispute": _DECIDED | _about_a_person("application card card_status_before decide_by"),
    "cards.SentForm": _about_a_person("id holder key action content result sent_at"),
    "cards.Bank": _all(PUBLIC, "id name_zh name_en hotline"),
    "cards.Outlet": _all(
        PUBLIC,
        "id kind bank name_zh name_en district_zh district_en address_zh address_en opening on_holidays remark_zh "
        "remark_en phone latitude longitude "
        "accepts_applications replaces_cards instant_issue hands_over step_free closed_for_good",
    ),
    "cards.SpecialHours": _all(PUBLIC, "id outlet first_day last_day opening reason_zh reason_en"),
    "cards.RuleSet": _all(PUBLIC, "id version valid_from state citation_zh citation_en data drafted_by reviewed_by"),
    "cards.SituationTable": _all(PUBLIC, "id version valid_from text entered_by entered_at released_by released_at"),
    "cards.RuleSetStep": _all(PUBLIC, "id rule_set step user at content_digest"),
    "cards.StageStandard": _all(PUBLIC, "id rule_set kind method stage working_days"),
    "cards.MonthlyTime": _all(PUBLIC, "id month kind method half_days most_days cases computed_at"),
    "cards.Forecast": _all(PUBLIC, "id kind method stage half_days most_days cases computed_at"),
    "cards.OfficeDay": _all(PUBLIC, "day works reason"),
    "cards.AgentAct": _about_a_person("id holder action at key_id digest user outlet"),
    "cards.IncidentNote": _all(
        PUBLIC,
        "id scope bank outlet produced_from produced_until text_zh text_en expected_on "
        "written_by written_at ended_by ended_at",
    ),
    # An export names nobody by itself; why it was wanted is written by hand and may.
    "cards.Export": _all(
        PUBLIC, "id content stage outlet asked_by asked_at open_until released_by released_at refused_at"
    )
    | _all(SEALED, "reason"),
    "cards.ExportDownload": _all(PUBLIC, "id export user at file_format rows digest"),
}

# Texts that belong to a person, are not out of a list and yet stand in the clear: only the portal writes them, and
# only in this shape.
SHAPES: dict[str, str] = {
    "cards.IdNumberIndex.key_id": r"[\w.-]+",
    "cards.CardNumberIndex.key_id": r"[\w.-]+",
    "cards.OpenIdIndex.key_id": r"[\w.-]+",
    "cards.AgentAct.key_id": r"[\w.-]+",
    "cards.PaperNumber.number": r"[0-9]{12}",
    "cards.PaperNumber.code_key_id": r"[\w.-]+",
    "cards.Answer.rule_version": r"[\w.-]+",
    "cards.Answer.language": r"zh-hans|en",
    "cards.Application.rule_version": r"[\w.-]+",
    "cards.LossReport.rule_version": r"[\w.-]+",
    "cards.Cancellation.rule_version": r"[\w.-]+",
    "cards.Replacement.rule_version": r"[\w.-]+",
    "cards.Event.rule_version": r"[\w.-]+",
    "cards.Event.subject": r"[a-z]+:[0-9a-f-]{36}",
    "cards.Event.value": r"[a-z_]*",
    "cards.Event.detail_digest": r"[0-9a-f]{64}",
    "cards.Event.previous": r"([0-9a-f]{64})?",
    "cards.Event.digest": r"[0-9a-f]{64}",
    "cards.EventDetail.salt": r"[0-9a-f]{32}",
    "cards.Override.refusal": r"[a-z_]+",
    "cards.Override.subject": r"([a-z]+:[0-9a-f-]{36})?",
    "cards.Override.about": r"([a-z]+:[0-9a-f-]{36})?",
    "cards.SentForm.result": r"([0-9]{12})?",
    "cards.WechatBinding.language": r"zh-hans|en",
    "cards.NoticeConsent.language": r"zh-hans|en",
    "cards.Notice.cause": r"[a-z]+:[0-9a-f-]{36}(:[a-z0-9_-]+)?",
    "cards.Notice.language": r"zh-hans|en",
    "cards.CallerEnquiry.tail": r"[0-9]{4}",
    "cards.Notice.tail": r"([0-9]{4})?",
    "cards.Notice.remote_id": r"[\w.^@<>-]*",
    "cards.Notice.failure": r"[\w.-]*",
}
