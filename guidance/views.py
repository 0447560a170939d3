"""The public pages of the guides: list, article, search, legal basis."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from guidance import pages, search, snapshot, words
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
        response = render(request, "guidance/search.html", search_context(query, pages.texts_language()))
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


def _rank(current: Snapshot, hit: search.Hit, query: str) -> tuple[int, int]:
    """Put guides whose title, then summary, names what was asked first; the database's order decides the rest.

    Its weights alone do not: a word counts little more the tenth time than the third, in a title as in a text.
    """
    text = current.guides[current.slugs[hit.article_id]].texts[hit.language]
    return -words.hits(query, text.title), -words.hits(query, text.summary)


def search_context(query: str, language: str) -> dict:
    """Return the guides found, each once, in the reader's language whatever language was asked in."""
    current = snapshot.current()
    hits = [hit for hit in search.find(query) if hit.article_id in current.slugs]
    found: dict[str, dict] = {}
    for hit in sorted(hits, key=lambda hit: _rank(current, hit, query)):
        slug = current.slugs[hit.article_id]
        entry = found.setdefault(slug, card(current.guides[slug], language) | {"pieces": []})
        if hit.language == language:
            entry["pieces"] = search.snippet(hit.plain, query, language)
    return {"query": query, "results": list(found.values()), "shelves": guides_context(current, language)["shelves"]}
