"""Every paper in every form: the fields DOMAIN 8 names, in both languages, on one page, as a tagged PDF."""

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from pypdf import PdfReader

from cards import services, told
from cards.answers import answer_report
from cards.answers.dates import told_day, told_deadline, told_moment
from cards.answers.fee import told_fee
from cards.models import Application, LossReport, PaperNumber
from cards.paper_number import spaced_code, spaced_paper_number
from cards.papers import Sheet, Wish, pdf, sheet_of
from cards.vocabulary import CardType, PaperKind, Party
from tests import factories as f
from tests.cards.losing import put_rules_in_force

pytestmark = pytest.mark.django_db
AGENT = "司马小光"
LONG = {
    "name_zh": "远帆示例银行北原区银杏路东段中心支行",
    "name_en": "Far Sail Example Bank, Beiyuan central branch",
    "address_zh": "示例市北原区银杏路东段二百零一号远帆大厦一层大厅",
    "address_en": "201 Yinxing Road East, Yuanfan Building, ground floor, Beiyuan",
    "opening": "1-5 9:00-12:00 13:30-17:00\n6 9:00-12:00",
}


@pytest.fixture(autouse=True)
def rules() -> None:
    from django.core.management import call_command

    call_command("load_rules", verbosity=0)


def by_agent() -> dict[str, Any]:
    """An agent acts, who is named on the paper, masked."""
    proof = f.everything(agent_name=AGENT, agent_id_number=f.synthetic_id_number())
    return {"actor": f.at_counter(party=Party.AGENT), "evidence": proof}


def receipt() -> PaperNumber:
    return f.first_application(delivery_outlet=f.OutletFactory(of_bank=True, **LONG), **by_agent()).receipt


def certificate() -> PaperNumber:
    made = services.replace_card(f.written_report(), delivery_outlet=f.OutletFactory(**LONG), **by_agent())
    return made.application.certificate.paper


def loss_receipt() -> PaperNumber:
    return f.oral_report().receipt


def written_receipt() -> PaperNumber:
    return services.report_loss(f.card(), form="written", **by_agent()).receipt


def ordinary_receipt() -> PaperNumber:
    return services.report_loss(f.card(card_type="ordinary_yellow"), form="written", **by_agent()).receipt


def cancellation() -> PaperNumber:
    card = f.card()
    report = f.written_report(card)
    proof = f.everything(card_number=card.card_number)
    made = services.cancel_loss_report(report, actor=f.at_counter(), evidence=proof)
    assert made.receipt is not None
    return made.receipt


def slip() -> PaperNumber:
    report = f.oral_report()
    f.first_application(report.holder, delivery_outlet=f.OutletFactory(of_bank=True, **LONG))
    return told.tell(report.holder, actor=f.at_counter()).paper


PAPERS: dict[str, Callable[[], PaperNumber]] = {
    "receipt": receipt,
    "certificate": certificate,
    "oral report": loss_receipt,
    "written report": written_receipt,
    "ordinary report": ordinary_receipt,
    "cancellation": cancellation,
    "slip": slip,
}
FORMS = [Wish(), Wish(True, "zh-hans"), Wish(True, "en")]


def text_of(sheet: Sheet) -> str:
    """What stands on the sheet, without tags."""
    html = render_to_string("papers/sheet.html", {"sheet": sheet})
    plain = re.sub(r"<title>.*?</title>|<[^>]+>", " ", html)
    return " ".join(plain.replace("&#x27;", "'").replace("&amp;", "&").split())


def fields_of(name: str, paper: PaperNumber) -> list[str]:
    """What DOMAIN 8 wants on a paper, in the language of the moment."""
    holder = paper.holder
    common = [
        spaced_paper_number(paper.number),
        f"{holder.name[0]}*",
        f"{holder.id_number[0]}****************{holder.id_number[-1]}",
    ]
    agent = Party.AGENT.label, f"{AGENT[0]}***"
    if name in ("receipt", "certificate"):
        own = paper.application if name == "receipt" else paper.certificate.application
        shared = [
            *agent,
            spaced_code(paper.query_code),
            own.get_kind_display(),
            own.get_card_type_display(),
            told_day(own.accepted_at),
            told_fee(own),
            own.delivery_outlet.told("name"),
            own.delivery_outlet.told("address"),
            own.delivery_outlet.told("hours"),
        ]
        if name == "certificate":
            shared += [told_day(paper.certificate.earliest_on), *certificate_advice()]
        return [*common, *shared]
    if name in ("oral report", "written report", "ordinary report"):
        report = paper.loss_report
        acted = (Party.HOLDER.label,) if name == "oral report" else agent
        until = told_deadline(report.lapses_at) if report.lapses_at else ""
        bank = report.card.bank
        return [
            *common,
            *acted,
            spaced_code(paper.query_code),
            report.get_form_display(),
            report.card.get_card_type_display(),
            report.card.last_four,
            told_moment(report.made_at),
            until,
            *([bank.told("name"), bank.hotline] if bank else []),
            answer_report(report, report.made_at).next,
        ]
    if name == "cancellation":
        made = paper.cancellation
        return [
            *common,
            Party.HOLDER.label,
            made.report.card.get_card_type_display(),
            spaced_paper_number(made.report.receipt_id),
            told_moment(made.made_at),
        ]
    words = paper.answer.words[translation.get_language()]
    return [*common, told_moment(paper.answer.at), *(line for matter in words for line in matter["slip"])]


def certificate_advice() -> list[str]:
    """What to bring, and the advice on treatment meanwhile."""
    if translation.get_language() == "en":
        return ["this certificate and your original ID document", "pay for treatment first", "prescriptions and rec"]
    return ["本领卡证明和您的身份证件原件", "就医请先自行垫付", "保留好处方和收据"]


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("wish", FORMS, ids=["both", "large zh", "large en"])
def test_every_field_stands_on_every_form_of_every_paper(name: str, wish: Wish) -> None:
    paper = PAPERS[name]()
    text = text_of(sheet_of(paper, paper.holder, wish))
    for language in wish.languages:
        with translation.override(language):
            missing = [str(word) for word in fields_of(name, paper) if str(word) not in text]
        assert missing == []
    assert paper.holder.name not in text
    assert paper.holder.id_number not in text
    assert AGENT not in text
    assert "/verify/" in text


# What a child's paper says, in place of what anybody else's does.
FOR_A_CHILD = {
    "en": ("The legal guardian collects the card with: ", "proof of guardianship", "An agent also brings"),
    "zh-hans": ("领卡由法定监护人办理，请带：", "监护关系证明", "代办人还须带"),
}


@pytest.mark.parametrize("language", FOR_A_CHILD)
@pytest.mark.parametrize("paper", ["receipt", "certificate"])
def test_the_paper_of_a_child_says_that_the_guardian_collects_the_card(language: str, paper: str, clock: Any) -> None:
    clock("2026-03-02 09:30")
    child = f.holder(id_number=f.synthetic_id_number(date(2015, 5, 1)))
    mother = {"agent_name": AGENT, "agent_id_number": f.synthetic_id_number()}
    acts = {"actor": f.at_counter(party=Party.GUARDIAN), "evidence": f.everything(**mother)}
    if paper == "receipt":
        number = f.first_application(child, **acts).receipt
    else:
        report = services.report_loss(f.card(child), form="written", **acts)
        made = services.replace_card(report, delivery_outlet=f.OutletFactory(), **acts)
        number = made.application.certificate.paper
    grown_up = {"receipt": receipt, "certificate": certificate}[paper]()
    with translation.override(language):
        wish = Wish(True, language)
        text, other = text_of(sheet_of(number, child, wish)), text_of(sheet_of(grown_up, grown_up.holder, wish))
        certificate_named = str(PaperKind.CERTIFICATE.label).lower().removeprefix("card ")
    who, proof, agent = FOR_A_CHILD[language]
    assert who in text
    assert proof in text
    assert agent not in text
    assert who not in other
    assert agent in other
    line = text[text.index(who) :][:60]
    assert (certificate_named in line) == (paper == "certificate")


@pytest.mark.parametrize("name", ["cancellation", "slip"])
def test_paper_that_opens_nothing_shows_no_code(name: str) -> None:
    paper = PAPERS[name]()
    assert sheet_of(paper, paper.holder).code == ""
    assert spaced_code(paper.query_code) not in text_of(sheet_of(paper, paper.holder))


def test_large_type_is_in_the_language_asked_for_or_the_readers() -> None:
    assert Wish.read("", "en", "en") == Wish()
    assert Wish.read("large", "en", "zh-hans") == Wish(True, "en")
    assert Wish.read("large", "", "en") == Wish(True, "en")
    assert Wish.read("large", "<script>", "fr") == Wish(True, "zh-hans")


def test_lost_certificate_is_shown_as_void_without_code_and_picture() -> None:
    paper = certificate()
    application = paper.certificate.application
    code = spaced_code(paper.query_code)
    services.replace_certificate(application, actor=f.at_counter(), evidence=f.everything())
    paper = PaperNumber.objects.get(pk=paper.pk)
    sheet = sheet_of(paper, paper.holder)
    text = text_of(sheet)
    assert "This paper is no longer in force." in text
    assert code not in text
    assert sheet.picture == ""


def advice_of(report: LossReport) -> str:
    with translation.override("en"):
        return text_of(sheet_of(report.receipt, report.holder, Wish(True, "en")))


def test_the_receipt_of_a_written_report_says_what_follows_by_the_type_of_the_card() -> None:
    ordinary = advice_of(f.written_report(f.card(card_type=CardType.ORDINARY_BLUE)))
    assert "An ordinary card is not issued again: please apply for a financial blue card" in ordinary
    assert "have the card replaced" not in ordinary
    assert "Please have the card replaced at a window" in advice_of(f.written_report())


@pytest.mark.parametrize("card_type", CardType)
def test_no_receipt_offers_a_cancelling_that_the_rules_in_force_exclude(card_type: CardType) -> None:
    put_rules_in_force(written_report_can_be_cancelled=False)
    told = advice_of(f.written_report(f.card(card_type=card_type)))
    assert "under the rules in force the report cannot be cancelled" in told
    assert "in person" not in told
    assert "cancel the report in person" in advice_of(f.oral_report(f.card(card_type=card_type)))


def test_fee_says_whether_it_is_due_paid_or_exempt() -> None:
    with translation.override("en"):
        due = services.replace_card(
            f.written_report(), delivery_outlet=f.OutletFactory(), actor=f.at_counter(), evidence=f.everything()
        ).application
        assert told_fee(due) == "20 yuan, to be paid at the outlet"
        f.walk_to(due, "fee_due")
        assert told_fee(due) == "20 yuan, to be paid at the outlet"
        f.walk_to(due, "bank_account")
        assert told_fee(due) == f"20 yuan, paid on {told_day(due.stage_since)}"
        free = services.replace_card(
            f.written_report(),
            delivery_outlet=f.OutletFactory(),
            fee_exemption="quality_fault",
            actor=f.at_counter(),
            evidence=f.everything(),
        ).application
        assert told_fee(free) == "free: Fault in the card's quality"
        assert told_fee(f.first_application()) == "free of charge"


# --- PDF ----------------------------------------------------------------------------------------------------------

needs_pdf = pytest.mark.skipif(not pdf.available(), reason="WeasyPrint is not installed")


def fonts_in(reader: PdfReader) -> dict[str, bool]:
    """Every font of the document, and whether its program is embedded."""
    found = {}
    for page in reader.pages:
        for entry in page["/Resources"]["/Font"].values():
            font = entry.get_object()
            inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            descriptor = inner["/FontDescriptor"].get_object()
            found[str(font["/BaseFont"])] = any(key.startswith("/FontFile") for key in descriptor)
    return found


@needs_pdf
@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("wish", FORMS, ids=["both", "large zh", "large en"])
def test_pdf_is_one_tagged_page_with_its_fonts_and_every_field(name: str, wish: Wish) -> None:
    paper = PAPERS[name]()
    reader = PdfReader(io.BytesIO(pdf.pdf_of(sheet_of(paper, paper.holder, wish))))
    assert len(reader.pages) == 1
    width, height = (float(side) for side in reader.pages[0].mediabox[2:])
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (210, 297)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == ("en" if wish.language == "en" else "zh-Hans")
    assert "pdfuaid:part" in root["/Metadata"].get_object().get_data().decode()
    fonts = fonts_in(reader)
    assert all(fonts.values())
    assert any("Noto-Sans-CJK" in name or "NotoSansCJK" in name for name in fonts), fonts
    text = re.sub(r"\s", "", reader.pages[0].extract_text())
    for language in wish.languages:
        with translation.override(language):
            wanted = [re.sub(r"\s", "", str(word)) for word in fields_of(name, paper)]
        assert [word for word in wanted if word not in text] == []


@needs_pdf
@pytest.mark.parametrize(
    "address", ["http://192.0.2.1/a.css", "file:///etc/passwd", "static:../portal/settings.py", "static:none.css", "x"]
)
def test_pdf_fetches_nothing_but_our_static_files(address: str) -> None:
    with pytest.raises(pdf.NotOurs):
        pdf.static_file(address)
    assert pdf.static_file("static:paper.css").name == "paper.css"


@needs_pdf
def test_address_that_is_not_ours_stops_the_drawing() -> None:
    import weasyprint
    from weasyprint.urls import FatalURLFetchingError

    html = '<img src="http://192.0.2.1/spy.png" alt="">'
    with pytest.raises(FatalURLFetchingError):
        weasyprint.HTML(string=html, url_fetcher=pdf._fetcher()).write_pdf()


def test_applications_of_other_people_are_not_read() -> None:
    paper, other = receipt(), f.holder()
    with pytest.raises(Application.DoesNotExist):
        sheet_of(paper, other)
