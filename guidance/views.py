"""The public pages of the guides: list, article, search, legal basis."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from guidance import feedback, pages, search, snapshot, spelling, words
from guidance.snapshot import Guide, Law, Snapshot

# The guide that says the legal basis in plain words.
EXPLAINED = "legal-basis-explained"


@csrf_exempt  # other methods get their 405, not a complaint about a token no page here has
@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    """Show all guides by topic."""
    return pages.serve(request, "guidance/guides.html", guides_context)


@csrf_exempt
@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one guide."""

    def context(current: Snapshot, language: str) -> dict:
        if slug not in current.guides:
            raise Http404
        return guide_context(current, current.guides[slug], language)

    return pages.serve(request, "guidance/guide.html", context)


@csrf_exempt
@require_safe
def legal_basis(request: HttpRequest) -> HttpResponse:
    """Show the law the portal rests on."""
    return pages.serve(request, "guidance/legal_basis.html", legal_basis_context)


@csrf_exempt
@require_safe
def guides_search(request: HttpRequest) -> HttpResponse:
    """Show the guides that hold what was asked for; who typed a number is sent to the enquiry, without it."""
    query = request.GET.get("q", "").strip()[: words.LONGEST_QUERY]
    if words.holds_a_number_of_a_person(request.GET.get("q", "")):
        response: HttpResponse = redirect("status")
    else:
        response = render(
            request, "guidance/search.html", search_context(query, pages.texts_language(), "exactly" in request.GET)
        )
    response.headers["Cache-Control"] = "no-store"
    return response


def card(guide: Guide, language: str) -> dict:
    """Return what a list shows of a guide."""
    text = guide.texts[language]
    return {"slug": guide.slug, "title": text.title, "summary": text.summary}


def guides_context(current: Snapshot, language: str) -> dict:
    """Return the shelves with their guides in one language."""
    return {
        "shelves": [
            {
                "slug": shelf.slug,
                "name": shelf.name[language],
                "guides": [card(entry, language) for entry in shelf.guides],
            }
            for shelf in current.shelves
        ]
    }


def guide_context(current: Snapshot, shown: Guide, language: str) -> dict:
    """Return one guide in one language, with its law and its neighbours."""
    return {
        "text": shown.texts[language],
        "text_slug": shown.slug,
        "last_reviewed": shown.last_reviewed,
        "laws": [law_context(entry, language) for entry in shown.laws],
        "situation": shown.situation,
        "related": [card(entry, language) for entry in current.related_to(shown)],
    }


def law_line(law: Law, language: str) -> dict:
    """Return how a law is cited, and where it is explained."""
    # Chinese puts the article right behind the law's name.
    comma = ", " if language == "en" and law.article[language] else ""
    return {"slug": law.slug, "title": f"{law.name[language]}{comma}{law.article[language]}"}


def legal_basis_context(current: Snapshot, language: str) -> dict:
    """Return the quoted law with its meaning, then the other laws with what they promise."""
    return {
        "quoted": [law_context(law, language) for law in current.laws if law.quoted],
        "named": [law_context(law, language) for law in current.laws if not law.quoted],
        "explained": EXPLAINED if EXPLAINED in current.guides else "",
    }


def law_context(law: Law, language: str) -> dict:
    """Return a law in one language; the quote itself stays in Chinese."""
    return law_line(law, language) | {
        "source": law.source[language],
        "amended_on": law.amended_on,
        "parts": [part | {"meaning": part[language]} for part in law.parts],
        "meaning": law.meaning[language],
    }


def search_context(query: str, language: str, exactly: bool = False) -> dict:
    """Return the guides found, each once, in the reader's language whatever language was asked in.

    `asked` is what was searched for in the end: where a word as typed finds nothing, what was probably meant by it.
    """
    current = snapshot.current()
    hits, asked = search.find_all(query), query
    if not hits:
        asked = query if exactly else corrected(query, current)
        hits = search.find(asked)
    hits = [hit for hit in hits if hit.article_id in current.slugs]
    found: dict[str, dict] = {}
    for hit in sorted(hits, key=lambda hit: _rank(current, hit, asked)):
        slug = current.slugs[hit.article_id]
        entry = found.setdefault(slug, card(current.guides[slug], language) | {"pieces": []})
        if hit.language == language:
            entry["pieces"] = search.snippet(hit.plain, asked, language)
    return {
        "query": query,
        "asked": asked if asked != query else "",
        "results": list(found.values()),
        "tellable": not found and feedback.may_be_kept(query),
        "shelves": guides_context(current, language)["shelves"],
    }


def corrected(query: str, current: Snapshot) -> str:
    """Return a query with those of its parts put right that find nothing as they were typed."""
    # The rest of the query is worth nothing to whoever has to compare the two.
    parts = words.busy_parts(query)
    meant = {part: spelling.meant(part, current.english_words) for part in parts if not search.finds_anything(part)}
    if not any(meant.values()):
        return query
    between = "" if not any(part.isascii() for part in parts) else " "
    return between.join(meant.get(part) or part for part in parts)


def _rank(current: Snapshot, hit: search.Hit, query: str) -> tuple[int, int, int, int]:
    """Put guides first whose title, then summary, then text names more of it; then as the shelves stand."""
    slug = current.slugs[hit.article_id]
    text = current.guides[slug].texts[hit.language]
    place = list(current.guides).index(slug)
    return (
        -words.hits(query, text.title),
        -words.hits(query, text.summary),
        -words.times(query, hit.plain),
        place,
    )
