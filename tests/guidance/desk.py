"""What an editor's browser sends, and what comes back."""

from django.urls import reverse


def change_url(draft):
    return reverse("admin:guidance_draft_change", args=[draft.pk])


def user_of(client):
    return client.get("/admin/").wsgi_request.user


def form_data(draft, **changed):
    """What a browser would send from the form of a draft."""
    names = ("slug", "order", "situation", "title_zh", "title_en", "summary_zh", "summary_en", "body_zh", "body_en")
    data = {name: getattr(draft, name) for name in names}
    data |= {
        "topic": draft.topic_id,
        "laws": [law.pk for law in draft.laws.all()],
        "related": [other.pk for other in draft.related.all()],
        "review_by": "",
        "seen": draft.version,
    }
    return {name: value for name, value in (data | changed).items() if value is not None}


def step(client, draft, action, **more):
    url = reverse("admin:guidance_draft_step", args=[draft.pk])
    draft.refresh_from_db()
    return client.post(url, {"action": action, "version": draft.version, **more}, follow=True)


def told(response):
    return " ".join(str(message) for message in response.context["messages"])
