"""Pages and static files packed with gzip, for slow lines.

Only where no secret stands beside what a stranger can choose: static files, public pages and anonymous pages;
never staff pages. An anonymous page carries answers in hidden fields, so its length is rounded up: a listener
on the line, who sees lengths only, cannot tell the answers by them.
"""

import gzip
import struct
import zlib
from collections.abc import Collection
from functools import cache

from flask import Flask, Response, request

LEVEL = 9
STEP = 1024  # bytes
SMALLEST = 512
PACKED_TYPES = (
    "text/html",
    "text/css",
    "text/javascript",
    "application/javascript",
    "image/svg+xml",
    "application/json",
)
GZIP_HEADER = struct.Struct("<4sIBB")
EXTRA_FIELD = struct.Struct("<H2sH")  # length of all; name and length of the one subfield
WITH_EXTRA = b"\x1f\x8b\x08\x04"


def configure_compression(app: Flask, plain: Collection[str], rounded: Collection[str]) -> None:
    """Pack the static files and the pages of the doors named in `plain` and `rounded`."""

    def pack(response: Response) -> Response:
        door = (request.endpoint or "").partition(".")[0]
        if door != "static" and door not in plain and door not in rounded:
            return response
        response.vary.add("Accept-Encoding")
        if not _may_pack(response):
            return response
        response.direct_passthrough = False
        body = response.get_data()
        if len(body) >= SMALLEST:
            packer = _packed_once if door == "static" else pack_rounded if door in rounded else gzip.compress
            response.set_data(packer(body))
            response.headers["Content-Encoding"] = "gzip"
        return response

    app.after_request(pack)


def _may_pack(response: Response) -> bool:
    return (
        response.status_code not in (204, 206, 304)
        and response.mimetype in PACKED_TYPES
        and "Content-Encoding" not in response.headers
        and request.accept_encodings["gzip"] > 0
    )


@cache
def _packed_once(body: bytes) -> bytes:
    return gzip.compress(body, LEVEL, mtime=0)


def pack_rounded(body: bytes) -> bytes:
    """The same as gzip, filled up to whole steps with a field that readers skip (RFC 1952, FEXTRA)."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(body) + packer.flush()
    trailer = struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF)
    size = GZIP_HEADER.size + EXTRA_FIELD.size + len(packed) + len(trailer)
    filling = bytes(-size % STEP)
    extra = EXTRA_FIELD.pack(len(filling) + 4, b"Ce", len(filling)) + filling
    return GZIP_HEADER.pack(WITH_EXTRA, 0, 2, 255) + extra + packed + trailer
