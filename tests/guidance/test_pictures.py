"""Pictures of guides: only pixels get in, the words belong to them, and they are served for ever."""

import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageFile

from guidance import editing, pictures, publishing, snapshot
from guidance.models import Article, Picture

ADD = "/admin/guidance/picture/add/"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


def picture(form: str = "PNG", size: tuple[int, int] = (320, 200), mode: str = "RGB", **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "teal" if mode != "P" else 3).save(out, form, **options)
    return out.getvalue()


def upload(content: bytes, name: str = "card.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def painter(staff):
    return staff("view_picture", "add_picture", "change_picture", "delete_picture", "view_article")


def added(painter, content: bytes = b"") -> Picture:
    data = {"file": upload(content or picture()), "alt_zh": "一张卡的正面", "alt_en": "The front of a card"}
    response = painter.post(ADD, data)
    assert response.status_code == 302, response.context["errors"]
    return Picture.objects.latest("added_at")


@pytest.mark.parametrize(
    ("form", "mode"), [("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "RGB"), ("JPEG", "L"), ("WEBP", "RGB")]
)
def test_what_cameras_and_screens_make_becomes_webp(form, mode):
    content, width, height = pictures.written_anew(io.BytesIO(picture(form, mode=mode)))
    assert content[:4] == b"RIFF"
    assert content[8:12] == b"WEBP"
    assert (width, height) == (320, 200)


def test_place_camera_and_stowaways_do_not_get_in():
    exif = Image.Exif()
    exif[0x010E] = "CANARY"  # the description
    exif[0x0112] = 6  # turned by a quarter
    content, width, height = pictures.written_anew(io.BytesIO(picture("JPEG", exif=exif) + b"<script>CANARY</script>"))
    assert b"CANARY" not in content
    assert b"EXIF" not in content
    assert (width, height) == (200, 320)


def test_a_large_picture_is_made_smaller():
    _content, width, height = pictures.written_anew(io.BytesIO(picture(size=(4000, 1000))))
    assert (width, height) == (1440, 360)


def bomb() -> bytes:
    """A PNG of 50,000 × 50,000 pixels in a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 6251 * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


BAD = {
    "drawing": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no picture we can read"),
    "nothing": (b"\0", "no picture we can read"),
    "page": (b"<!doctype html><p>GIF89a", "no picture we can read"),
    "another kind": (picture("GIF", mode="P"), "no picture we can read"),
    "cut off": (picture(size=(900, 900), compress_level=0)[:3000], "damaged or cut off"),
    "bomb": (bomb(), "40 million pixels"),
    "heavy": (b"\x89PNG" + b"\0" * pictures.MOST_BYTES, "more than 5 MB"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_picture_is_refused_with_a_sentence(monkeypatch, name):
    content, told = BAD[name]
    # As it stands once a process has printed a paper.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(ValidationError, match=told):
        pictures.written_anew(io.BytesIO(content))


def test_a_picture_as_heavy_as_a_camera_makes_it_gets_in_and_a_heavier_one_is_told(painter):
    noise = Image.effect_noise((1600, 1200), 120).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "PNG")
    assert 1_500_000 < len(out.getvalue()) < pictures.MOST_BYTES
    assert added(painter, out.getvalue()).width == 1440
    data = {"file": upload(picture() + b"\0" * pictures.MOST_BYTES), "alt_zh": "一张卡", "alt_en": "A card"}
    assert "more than 5 MB" in painter.post(ADD, data).content.decode()


def test_a_refused_picture_leaves_the_words_in_the_form(painter):
    data = {"file": upload(b"text"), "alt_zh": "一张卡", "alt_en": "A card"}
    page = painter.post(ADD, data).content.decode()
    assert "no picture we can read" in page
    assert 'value="A card"' in page
    assert not Picture.objects.exists()


@pytest.mark.parametrize("missing", ["alt_zh", "alt_en", "file"])
def test_words_in_both_languages_and_a_file_are_required(painter, missing):
    data = {"file": upload(picture()), "alt_zh": "一张卡", "alt_en": "A card"}
    del data[missing]
    response = painter.post(ADD, data)
    assert list(response.context["adminform"].form.errors) == [missing]


def test_the_same_picture_again_is_found_and_keeps_its_words(painter):
    first = added(painter)
    response = painter.post(ADD, {"file": upload(picture()), "alt_zh": "别的", "alt_en": "Other"}, follow=True)
    assert "keeps the words it had" in response.content.decode()
    assert Picture.objects.get() == first


def test_a_picture_is_served_for_ever_and_without_the_database(painter, django_assert_num_queries):
    made = added(painter)
    with django_assert_num_queries(0):
        response = Client().get(made.address)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.content == pictures.place_of(made.digest).read_bytes()
    for wrong in ("0" * 32, "x", "..%2f..%2fsettings", made.digest.upper()):
        assert Client().get(f"/pictures/{wrong}.webp").status_code == 404
    assert Client().post(made.address).status_code == 405


@pytest.mark.parametrize(("language", "alt"), [("zh-hans", "一张卡的正面"), ("en", "The front of a card")])
def test_a_guide_shows_it_with_the_words_of_its_language(guides, painter, staff, language, alt):
    made = added(painter)
    article = Article.objects.get(slug="your-data")
    for name in ("body_zh", "body_en"):
        setattr(article, name, f"![whatever]({made.address})\n\n" + getattr(article, name))
    publishing.publish(article)
    snapshot.forget()
    page = Client().get(f"/guides/your-data/?lang={language}").content.decode()
    assert f'<img src="{made.address}" alt="{alt}" width="320" height="200" loading="lazy">' in page

    publisher = staff("view_picture", "change_picture", "publish_article")
    publisher.post(reverse("admin:guidance_picture_change", args=[made.pk]), {"alt_zh": "卡", "alt_en": "Card"})
    snapshot.forget()
    page = Client().get(f"/guides/your-data/?lang={language}").content.decode()
    assert f'alt="{"卡" if language == "zh-hans" else "Card"}"' in page
    assert painter.post(reverse("admin:guidance_picture_delete", args=[made.pk]), {"post": "yes"}).status_code == 403


def test_a_picture_stays_while_a_draft_shows_it_and_its_file_goes_with_it(
    guides, painter, staff, django_capture_on_commit_callbacks
):
    made, client = added(painter), staff("view_draft", "change_draft")
    draft = editing.begin(Article.objects.get(slug="your-data"), client.get("/admin/").wsgi_request.user)
    draft.body_zh += f"\n\n![][1]\n\n[1]: {made.address}"
    editing.write(draft, draft.changed_by)
    url = reverse("admin:guidance_picture_delete", args=[made.pk])
    assert painter.post(url, {"post": "yes"}).status_code == 403
    assert Client().get(made.address).status_code == 200
    editing.take(draft, editing.DraftAction.DISCARD, draft.changed_by, version=draft.version)
    with django_capture_on_commit_callbacks(execute=True):
        assert painter.post(url, {"post": "yes"}).status_code == 302
    assert not pictures.place_of(made.digest).exists()
    assert Client().get(made.address).status_code == 404


def test_words_of_a_picture_that_readers_see_are_a_publisher_s(guides, painter, staff):
    made, article = added(painter), Article.objects.get(slug="your-data")
    article.body_zh += f"\n\n![]({made.address})"
    publishing.publish(article)
    versions = article.history.count()
    url, words = reverse("admin:guidance_picture_change", args=[made.pk]), {"alt_zh": "卡", "alt_en": "Card"}
    assert staff("view_picture", "change_picture").post(url, words).status_code == 403
    assert staff("view_picture", "change_picture", "publish_article").post(url, words).status_code == 302
    made.refresh_from_db()
    assert made.alt_en == "Card"
    # The text of the guide is the same, so there is no version of it without an author.
    assert article.history.count() == versions


@pytest.mark.parametrize("address", ["https://example.org/pixel.png", "/static/icon.svg", "picture.webp"])
@pytest.mark.parametrize("form", ["![x]({})", "![x][1]\n\n[1]: {}"])
def test_no_other_picture_is_shown_and_the_editor_is_told(guides, staff, address, form):
    article = Article.objects.get(slug="your-data")
    client = staff("view_draft", "change_draft")
    user = client.get("/admin/").wsgi_request.user
    draft = editing.begin(article, user)
    draft.body_en = f"{form.format(address)}\n\n{draft.body_en}"
    editing.write(draft, user)
    page = client.get(reverse("admin:guidance_draft_change", args=[draft.pk])).content.decode()
    assert f"not among ours: {address}" in page
    assert "<img" not in publishing.rendered(draft, "en").html
