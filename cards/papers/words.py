"""What stands on a paper: title, facts, advice and labels, in the language of the moment."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cards import id_number as id_numbers
from cards.answers import answer_report, wording
from cards.answers.application import told_activation
from cards.answers.dates import told_day, told_deadline, told_moment
from cards.answers.fee import told_fee
from cards.models import Answer, Application, Cancellation, CardCertificate, LossReport
from cards.models.rule_data import book_on
from cards.names import mask_name
from cards.paper_number import spaced_paper_number
from cards.papers.content import Content
from cards.rules import china_day
from cards.vocabulary import Action, ApplicationKind, BankStatus, Channel, LossForm, PaperKind, Party, Stage


def title_of(kind: int) -> str:
    """What a paper of a kind is called; what bears an answer number is a progress slip."""
    return _("Progress slip") if kind == PaperKind.ANSWER else str(PaperKind(kind).label)


def labels(content: Content) -> dict[str, str]:
    """The words around number, code, stamp and signature."""
    return {
        "number": _("Answer number") if content.answer else _("Number"),
        "code": _("Query code"),
        "void": _("This paper is no longer in force."),
        "stamp": _("Stamp and signature of the office"),
        "signature": _("Signature of the person who acted"),
        "verify": _("Is it genuine? Scan the code or enter the number at"),
        "service": _("Social Security Card Service"),
    }


def picture_label() -> str:
    """What the picture is, for those who cannot see it."""
    return _("QR code for checking this paper")


def facts(content: Content) -> list[tuple[str, str]]:
    """Who, what, and where; empty ones are left out."""
    return [fact for fact in (*_who(content), *_what(content), *_where(content)) if fact[1]]


def _who(content: Content) -> list[tuple[str, str]]:
    acted = str(Party(content.party).label) if content.party else ""
    if content.agent_name:
        acted += pgettext("before a detail", ": ") + mask_name(content.agent_name)
    return [
        (pgettext("of a person", "Name"), mask_name(content.holder.name)),
        (_("Social security number"), id_numbers.mask(content.holder.id_number)),
        (_("Who acted"), acted),
    ]


def _what(content: Content) -> list[tuple[str, str]]:
    if content.answer is not None:
        return _answered(content.answer)
    if content.cancellation is not None:
        return _cancelled(content.cancellation)
    if content.report is not None:
        return _reported(content.report)
    return _applied(content.application, content.certificate) if content.application else []


def _answered(answer: Answer) -> list[tuple[str, str]]:
    return [
        (_("Told on"), told_moment(answer.at)),
        (_("Told by"), str(Channel(answer.channel).label)),
        (_("Kept until"), told_day(answer.keep_until)),
    ]


def _reported(report: LossReport) -> list[tuple[str, str]]:
    return [
        (_("Transaction"), str(report.get_form_display())),
        (_("Card type"), str(report.card.get_card_type_display())),
        (_("Card number ends in"), report.card.last_four),
        (_("In force since"), told_moment(report.made_at)),
        (_("Lapses at"), told_deadline(report.lapses_at) if report.lapses_at else ""),
        (_("Fee"), _fee_of_a_loss(report)),
    ]


def _fee_of_a_loss(report: LossReport) -> str:
    """Reporting costs nothing; what follows may, by the rules in force."""
    fee = book_on(china_day(timezone.now())).fee(ApplicationKind.REPLACEMENT, "")
    if not report.card.financial or not fee:
        return _("free of charge")
    return _("reporting is free; a replacement costs %(fee)s yuan") % {"fee": fee}


def _cancelled(cancellation: Cancellation) -> list[tuple[str, str]]:
    report = cancellation.report
    return [
        (_("Transaction"), _("Loss report cancelled")),
        (_("Card type"), str(report.card.get_card_type_display())),
        (_("Card number ends in"), report.card.last_four),
        (_("Report that was cancelled"), _told_report(report)),
        (_("Cancelled on"), told_moment(cancellation.made_at)),
        (_("Fee"), _("free of charge")),
    ]


def _told_report(report: LossReport) -> str:
    return _("%(form)s of %(day)s, number %(number)s") % {
        "form": report.get_form_display(),
        "day": told_day(report.made_at),
        "number": spaced_paper_number(report.receipt_id),
    }


def _applied(application: Application, certificate: CardCertificate | None) -> list[tuple[str, str]]:
    return [
        (_("Transaction"), str(application.get_kind_display())),
        (_("Card type"), str(application.get_card_type_display())),
        (_("Accepted on"), "" if certificate else told_day(application.accepted_at)),
        (_("Issued on"), told_day(certificate.issued_at) if certificate else ""),
        (_("Fee"), told_fee(application)),
        _collected_when(application, certificate) if certificate else ("", ""),
    ]


def _collected_when(application: Application, certificate: CardCertificate) -> tuple[str, str]:
    """From when on the card can be collected; one that lies ready can be collected now."""
    if application.stage == Stage.READY and application.collect_by:
        by = {"day": told_day(application.collect_by)}
        return _("Collection"), _("can be collected now, until %(day)s") % by
    return _("Earliest date of collection"), told_day(certificate.earliest_on)


def _where(content: Content) -> list[tuple[str, str]]:
    if content.answer is not None or not content.party:
        return []
    rows = [(_("Accepted at"), content.acted_at.told("name") if content.acted_at else _("Hotline 12333"))]
    if content.application is not None:
        outlet = content.certificate.outlet if content.certificate else content.application.delivery_outlet
        rows += [
            (_("To be collected at"), outlet.told("name")),
            (_("Address"), outlet.told("address")),
            (_("Opening hours"), outlet.told("hours")),
            (_("Telephone"), outlet.phone),
        ]
    return rows


def advice(content: Content) -> list[str]:
    """What to do with the paper, and what comes next."""
    if content.answer is not None:
        return [
            _("Quote the answer number on 12333 or at a window: the officer then sees these very words."),
            _("This slip says how things stood when it was printed; it is no proof and collects no card."),
        ]
    if content.cancellation is not None:
        return _cancellation_advice(content.cancellation.report)
    if not content.paper.in_force:
        return []
    address = settings.SITE_URL.rstrip("/") + reverse("status")
    lines = [
        _("Look it up at %(address)s with your ID number and the query code, or call 12333.") % {"address": address},
        _("Whoever has this code sees the details of this case: keep this paper safe."),
    ]
    if content.certificate is not None:
        lines.append(_collected_with(content))
        if content.application and content.application.activation_needed:
            lines.append(told_activation(content.application))
        lines.append(str(wording.MEANWHILE))
        lines.append(_("If it is lost, you, an agent or a guardian can have a new one issued at a window."))
    elif content.application is not None:
        lines.append(_collected_with(content))
    if content.report is not None:
        lines += _loss_advice(content.report)
    return lines


def _collected_with(content: Content) -> str:
    """Who comes for the card and with what; for a child it is the guardian, by the rules of the day."""
    today = china_day(timezone.now())
    age = id_numbers.age_on(content.holder.id_number, today)
    if Party.HOLDER not in book_on(today).parties_for(Action.HAND_OVER, age):
        if content.certificate is not None:
            return _(
                "The legal guardian collects the card with: this certificate, the child's original ID document, "
                "the guardian's own, and proof of guardianship."
            )
        return _(
            "The legal guardian collects the card with: the child's original ID document, the guardian's own, "
            "and proof of guardianship."
        )
    if content.certificate is not None:
        return _("Collect with: this certificate and your original ID document. An agent also brings the agent's own.")
    return _("Collect with: your original ID document. An agent also brings the agent's own.")


def _cancellation_advice(report: LossReport) -> list[str]:
    lines = [_("The card works again as it did before the report.")]
    bank = report.card.bank
    if bank:
        facts = {"bank": bank.told("name"), "phone": bank.hotline}
        lines.append(_("If the bank account was frozen as well, call %(bank)s on %(phone)s to release it.") % facts)
    lines.append(_("If you lose the card again, report it at once: call 12333 or come to a window."))
    return lines


def _loss_advice(report: LossReport) -> list[str]:
    # As it was told when the report was made, by the type of the card and the rules of that day.
    lines = [answer_report(report, report.made_at).next]
    bank = report.card.bank
    if bank and report.card.bank_status != BankStatus.FROZEN:
        facts = {"bank": bank.told("name"), "phone": bank.hotline}
        lines.append(_("This does not stop the bank account: call %(bank)s on %(phone)s as well.") % facts)
    if report.form == LossForm.ORAL:
        lines.append(
            _(
                "If you find the card before the application for a new one is accepted, "
                "cancel the report in person with ID document and card."
            )
        )
    return lines
