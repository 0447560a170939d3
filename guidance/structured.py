"""What a guide tells machines about itself, as schema.org has it: the service, and the questions it answers; pure."""

import json
import re
from html import unescape
from typing import Any

from guidance import markdown

# A page with one question among its headings is no list of questions.
QUESTIONS_FROM = 2
SECTION = re.compile(r"<h2[^>]*>(.*?)</h2>(.*?)(?=<h2|\Z)", re.DOTALL)
ASKS_CHINESE = re.compile(r"[？?]$|怎么|怎样|如何|多久|多少|什么|哪|吗|谁|几")
ASKS_ENGLISH = re.compile(r"^(how|what|when|where|who|which|why|can|do|does|is|are|may|must|if)\b|\?$", re.IGNORECASE)
# What would end the block, or begin something in it, if a browser read it as HTML.
UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def questions(html: str, language: str) -> list[tuple[str, str]]:
    """Return the headings of a guide that ask something, each with what stands below it, in plain words."""
    asks = ASKS_ENGLISH if language == "en" else ASKS_CHINESE
    found = [(markdown.plain_text(heading), markdown.plain_text(below)) for heading, below in SECTION.findall(html)]
    asked = [(heading, below) for heading, below in found if asks.search(unescape(heading)) and below]
    return asked if len(asked) >= QUESTIONS_FROM else []


def graph(
    *, address: str, title: str, summary: str, html: str, language: str, office: str, hotline: str, reviewed: str
) -> dict[str, Any]:
    """Return the linked data of a guide; `language` is "zh" or "en", `reviewed` a day in ISO form or empty."""
    tag = "en" if language == "en" else "zh-Hans"
    provider = {"@type": "GovernmentOrganization", "name": office, "telephone": hotline}
    service: dict[str, Any] = {
        "@type": "GovernmentService",
        "@id": f"{address}#service",
        "name": title,
        "description": summary,
        "url": address,
        "inLanguage": tag,
        "provider": provider,
        "availableChannel": {
            "@type": "ServiceChannel",
            "serviceUrl": address,
            "servicePhone": {"@type": "ContactPoint", "telephone": hotline},
        },
    }
    parts = [service]
    if asked := questions(html, language):
        page: dict[str, Any] = {
            "@type": "FAQPage",
            "@id": f"{address}#questions",
            "url": address,
            "inLanguage": tag,
            "mainEntity": [
                {"@type": "Question", "name": name, "acceptedAnswer": {"@type": "Answer", "text": text}}
                for name, text in asked
            ],
        }
        parts.append(page | ({"lastReviewed": reviewed} if reviewed else {}))
    return {"@context": "https://schema.org", "@graph": parts}


def written(data: dict[str, Any]) -> str:
    """Return the data as it may stand in a page's data block."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(UNSAFE)
