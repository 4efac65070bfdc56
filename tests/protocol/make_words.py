"""Make client/holder/words.json: what the holder's page says in the very words of the holder's tool.

`python -m tests.protocol.make_words` writes it.
"""

import json
from pathlib import Path
from typing import Any

from protocol import lists, messages, minutes, opening

FILE = Path(__file__).parents[2] / "client" / "holder" / "words.json"


def make() -> dict[str, Any]:
    """Refusals, minutes and limits, by language where they are words."""
    return {
        "limits": {
            "fewest": lists.FEWEST_ITEMS,
            "percent": opening.PERCENT_UNREADABLE,
            "always": opening.UNREADABLE_ALWAYS_BORNE,
        },
        "languages": {language: _words(language) for language in messages.LANGUAGES},
    }


def _words(language: str) -> dict[str, Any]:
    return {
        "refusals": {code: words[language] for code, words in messages.REFUSALS.items()},
        "texts": {name: messages.TEXTS[name][language] for name in ("refused", "list-fits", "progress")},
        "minutes": {
            "title": minutes.TITLE[language],
            "introduction": minutes.INTRODUCTION[language],
            "labels": minutes.LABELS[language],
            "statements": minutes.STATEMENTS[language],
            "signers": [minutes.SIGNED_BY[language], *minutes.WITNESSES[language]],
            "none": minutes.NONE,
            "days": minutes.DAYS[language],
            "months": minutes.MONTHS[language],
        },
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(make(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
