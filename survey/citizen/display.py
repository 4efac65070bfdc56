"""How a citizen wants the pages: language, large type, read aloud.

The wish travels in the address, without a cookie.
"""

from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for

from survey.i18n import language


@dataclass(frozen=True)
class Display:
    """The wishes of this request."""

    language: str
    large: bool
    aloud: bool

    def url(self, service_point: str, endpoint: str = "citizen.answer", **changes: object) -> str:
        """The address of a page of this service point with these wishes, or others."""
        wished = replace(self, **changes)  # type: ignore[arg-type]
        parts: dict[str, Any] = {
            "lang": "en" if wished.language == "en" else None,
            "type": "large" if wished.large else None,
            "aloud": "1" if wished.aloud else None,
        }
        return url_for(endpoint, service_point=service_point, **parts)


def wished() -> Display:
    """What the address of this request asks for."""
    return Display(language(), request.args.get("type") == "large", request.args.get("aloud") == "1")
