"""For authors: `python -m instruments check [FILE …]`, `python -m instruments schema`, `… sentences`."""

import argparse
import sys
from pathlib import Path

from instruments.catalogue import InstrumentError, catalogue, read_file
from instruments.schema import schema_json
from instruments.sentences import review


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 on success, 2 with a report on standard error when a file is wrong."""
    parser = argparse.ArgumentParser(prog="python -m instruments", description="Check questionnaire files.")
    parser.add_argument("command", choices=["check", "schema", "sentences"])
    parser.add_argument("files", nargs="*", type=Path, help="files to check; none named: the whole catalogue")
    chosen = parser.parse_args(arguments)
    try:
        sys.stdout.write(_answer(chosen.command, chosen.files))
    except (InstrumentError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _answer(command: str, files: list[Path]) -> str:
    if command == "schema":
        return schema_json() + "\n"
    instruments = [read_file(path) for path in files] or catalogue()
    if command == "sentences":
        return review(instruments)
    return "".join(f"{each.code} {each.version} {each.content_hash()}\n" for each in instruments)


if __name__ == "__main__":
    sys.exit(main())
