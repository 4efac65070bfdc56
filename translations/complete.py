"""Compare the messages of the source with a catalogue; say which are missing, empty or left over."""

import sys
from pathlib import Path

from babel.messages.pofile import read_po


def main(template_path: str, catalogue_path: str) -> int:
    """Return the number of faults and name each on standard error."""
    with Path(template_path).open("rb") as file:
        wanted = {message.id for message in read_po(file) if message.id}
    with Path(catalogue_path).open("rb") as file:
        given = {message.id: message for message in read_po(file, locale="id") if message.id}
    faults = [f"missing: {text!r}" for text in sorted(map(str, wanted - set(given)))]
    faults += [f"left over: {text!r}" for text in sorted(map(str, set(given) - wanted))]
    faults += [f"empty: {key!r}" for key, message in given.items() if not message.string or message.fuzzy]
    faults += [f"{error} in {key!r}" for key, message in given.items() for error in message.check()]
    sys.stderr.write("".join(f"{fault}\n" for fault in faults))
    return len(faults)


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1], sys.argv[2]), 1))
