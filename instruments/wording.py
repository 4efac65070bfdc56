"""What is wrong with a questionnaire, in words that can be shown in either language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Translate = Callable[[str], str]


def N_(message_id: str) -> str:  # noqa: N802  the name under which tools look for texts to translate
    """Mark a text for translation; it is translated where it is shown."""
    return message_id


@dataclass(frozen=True)
class Message:
    """A sentence with its values."""

    message_id: str
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, translate: Translate = str) -> str:
        """The sentence in the reader's language."""
        return translate(self.message_id) % self.values

    def __str__(self) -> str:
        return self.sentence()


def say(message_id: str, **values: object) -> Message:
    """A sentence with its values."""
    return Message(message_id, values)
