"""The pictures of guides: taken in as pixels only, written anew as WebP, found again under their digest."""

import hashlib
import io
import os
import re
import warnings
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from guidance.markdown import Shown, pictures
from guidance.models import Picture

MOST_BYTES = 5_000_000
MOST_PIXELS = 40_000_000
# A guide is at most 44 rem wide; twice that for sharp screens.
WIDEST = 1440
HIGHEST = 2000
QUALITY = 80
# What cameras, telephones and screenshots make; the decoders of nothing else are ever called.
FORMATS = ("JPEG", "PNG", "WEBP")
NAME = re.compile(r"[0-9a-f]{32}")
A_YEAR = 31_536_000


def written_anew(file: IO[bytes]) -> tuple[bytes, int, int]:
    """Return a picture as WebP of at most 1440 × 2000 pixels with its width and height.

    Nothing but the pixels stays: no place, no camera, no second file behind the first. Raises ValidationError.
    """
    # Only editors need the library; a worker that serves pages does not carry it.
    from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

    # WeasyPrint, which draws the counter's papers in the same process, lets cut-off pictures through for everybody.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValidationError(_("The picture has more than 5 MB. Make it smaller and try again."))
    try:
        with warnings.catch_warnings():
            # The size is looked at by ourselves, before anything is unpacked.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Image.DecompressionBombError
                picture.load()
                upright = ImageOps.exif_transpose(picture)
                upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except UnidentifiedImageError:
        raise ValidationError(_("This is no picture we can read. Take a JPEG, PNG or WebP.")) from None
    except Image.DecompressionBombError:
        raise ValidationError(_("The picture has more than 40 million pixels. Make it smaller.")) from None
    except (OSError, ValueError, SyntaxError):
        raise ValidationError(_("The picture is damaged or cut off. Save it again and choose it anew.")) from None
    upright.thumbnail((WIDEST, HIGHEST))
    out = io.BytesIO()
    upright.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue(), upright.width, upright.height


def add(content: bytes, width: int, height: int, *, alt_zh: str, alt_en: str, by: Any) -> tuple[Picture, bool]:
    """Keep a picture and say whether it is new; one that is here already keeps the words it had."""
    digest = hashlib.sha256(content).hexdigest()[:32]
    # The file first: a row without its file would be a hole in a page, a file without a row is no harm.
    _keep(digest, content)
    return Picture.objects.get_or_create(
        digest=digest,
        defaults={
            "alt_zh": alt_zh,
            "alt_en": alt_en,
            "width": width,
            "height": height,
            "size": len(content),
            "added_by": by,
        },
    )


def _keep(digest: str, content: bytes) -> None:
    path = place_of(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)


def remove(picture: Picture) -> None:
    """Delete a picture and, once that is done, its file, unless somebody has added it again by then."""
    digest = picture.digest

    def take_file_away() -> None:
        if not Picture.objects.filter(digest=digest).exists():
            place_of(digest).unlink(missing_ok=True)

    with transaction.atomic():
        picture.delete()
        transaction.on_commit(take_file_away)


def place_of(digest: str) -> Path:
    """Where the file of a picture lies."""
    return Path(settings.MEDIA_ROOT) / "pictures" / f"{digest}.webp"


def in_language(source: str, language: str) -> dict[str, Shown]:
    """The pictures that a text may show, by address, with their words in one language; asks only if there are any."""
    wanted = {address.rpartition("/")[2].removesuffix(".webp") for address in pictures(source)}
    if not wanted:
        return {}
    found = Picture.objects.filter(digest__in=wanted)
    return {one.address: Shown(getattr(one, f"alt_{language}"), one.width, one.height) for one in found}


@csrf_exempt  # other methods get their 405
@require_safe
def serve(_request: HttpRequest, digest: str) -> HttpResponse:
    """The file of a picture; its address changes with its content, so it may be kept for ever. Needs no database."""
    if not NAME.fullmatch(digest):
        raise Http404
    try:
        content = place_of(digest).read_bytes()
    except FileNotFoundError:
        raise Http404 from None
    response = HttpResponse(content, content_type="image/webp")
    response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    response.headers["ETag"] = f'"{digest}"'
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
