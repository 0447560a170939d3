"""The QR code of a paper as a drawing."""

from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

if TYPE_CHECKING:
    import segno

# 180 digits fit version 5 with error correction M; a crease or a stamp may hide 15 per cent.
ERROR = "m"
VERSION = 5


def qr(digits: str) -> "segno.QRCode":
    """The code of some digits, in numeric mode, so that it stays coarse enough for a worn phone."""
    # Its tables fill three megabytes that a worker needs only when it prints.
    import segno

    return segno.make_qr(digits, mode="numeric", error=ERROR, version=VERSION, boost_error=False)


def qr_svg(digits: str, label: str) -> SafeString:
    """The code as inline SVG that the style sheet sizes; black on white in every scheme, with its quiet zone."""
    drawing = qr(digits).svg_inline(
        omitsize=True, border=4, dark="#000", light="#fff", title=label, svgclass="qr", lineclass=None
    )
    # segno escapes the label, and everything else in it is drawn from digits.
    return SafeString(drawing)
