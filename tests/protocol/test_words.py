import json

from protocol.messages import LANGUAGES
from tests.protocol import make_words


def test_the_page_says_what_the_tool_says() -> None:
    """Run `python -m tests.protocol.make_words` after changing messages or minutes, then build the client."""
    assert json.loads(make_words.FILE.read_text(encoding="utf-8")) == json.loads(
        json.dumps(make_words.make())
    )


def test_the_built_page_has_these_words() -> None:
    page = (make_words.FILE.parents[2] / "static" / "holder.html").read_text(encoding="utf-8")
    for language in LANGUAGES:
        refusals = make_words.make()["languages"][language]["refusals"]
        assert [words for words in refusals.values() if words not in page] == []
