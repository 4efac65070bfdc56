"""`python -m verifier FOLDER`: check the published files of a cycle, and what else lies beside them.

manifest.json, scopes.txt, log.jsonl and receipts.txt are public. With `--list` an auditor checks the opened
ballots at the count; vault.json and figures.json are in the package of `python -m survey export-proof`.
Exit code 0 where everything holds, 1 where something does not, 2 where nothing can be checked.
"""

import argparse
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from verifier import ballots, figures, manifest, public_log
from verifier.finding import LANGUAGES, Finding, line
from verifier.formats import FormatError, plain, short_code

FAILED, NOTHING_TO_CHECK = 1, 2


def check(folder: Path, opened: Path | None, earlier: Path | None = None) -> Iterator[Finding]:
    """Everything that the files in the folder allow."""
    text = (folder / "manifest.json").read_bytes()
    try:
        found = manifest.read_manifest(text)
    except FormatError as error:
        yield Finding("manifest_form", False, str(error))
        return
    digest = manifest.manifest_hash(text)
    yield Finding("manifest_form", True, f"{found['name']}, {short_code(digest)}")
    yield from manifest.check_manifest(found)
    try:
        listed = (folder / "scopes.txt").read_bytes()
        scopes = manifest.read_scopes(listed)
    except FormatError as error:
        yield Finding("scopes_form", False, str(error))
        return
    yield Finding("scopes_form", True)
    yield from manifest.check_scopes(found, listed, scopes)
    entries = yield from _check_log(folder, found, digest)
    if earlier:
        yield _check_earlier(earlier, folder / "log.jsonl")
    yield from _check_receipts(folder, opened, found["cycle"], scopes, entries)
    yield from _check_figures(folder, found, public_log.left_out(entries, found["cycle"]))


def _check_log(
    folder: Path, found: dict[str, Any], digest: bytes
) -> Generator[Finding, None, list[public_log.Entry]]:
    try:
        entries = public_log.read_log((folder / "log.jsonl").read_bytes())
        yield Finding("log_chain", True, str(len(entries)))
        yield from public_log.check_log(entries, found["cycle"], found, digest)
    except (FormatError, KeyError, TypeError, ValueError) as error:
        yield Finding("log_chain", False, f"{type(error).__name__}: {error}")
        return []
    return entries


def _check_earlier(earlier: Path, now: Path) -> Finding:
    try:
        return public_log.check_continues(earlier.read_bytes(), now.read_bytes())
    except FormatError as error:
        return Finding("log_continues", False, str(error))


def _check_receipts(
    folder: Path,
    opened: Path | None,
    cycle: str,
    scopes: dict[str, manifest.Scope],
    entries: list[public_log.Entry],
) -> Iterator[Finding]:
    count, path, receipts = public_log.count_of(entries, cycle), folder / "receipts.txt", list[str]()
    if count or path.exists():
        try:
            text = path.read_bytes()
            receipts = ballots.read_receipts(text)
            yield Finding("receipts_form", True)
            yield public_log.check_receipts(entries, cycle, text)
            fits = count is not None and count[0] == len(receipts)
            yield Finding("receipts_counted", fits, f"{len(receipts)} / {count[0] if count else 0}")
        except (FormatError, OSError) as error:
            yield Finding("receipts_form", False, str(error))
    if opened:
        told = public_log.brought_hash(entries, cycle)
        yield from ballots.check_ballots(opened, cycle, scopes, receipts, count[1] if count else 0, told)


def _check_figures(folder: Path, found: dict[str, Any], left_out: list[str] | None) -> Iterator[Finding]:
    if not (folder / "vault.json").exists():
        return
    try:
        package, told = (plain((folder / name).read_bytes()) for name in ("vault.json", "figures.json"))
        yield figures.check_items(package, found, left_out)
        yield from figures.check_figures(package, told, found["cycle"], found.get("citizens"))
    except (FormatError, OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        yield Finding("figures_form", False, f"{type(error).__name__}: {error}")


def main(arguments: list[str]) -> int:
    """Check and print; returns the exit code."""
    summary = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m verifier", description=summary)
    parser.add_argument("folder", type=Path, help="the published files / berkas yang diumumkan")
    parser.add_argument("--list", type=Path, help="the opened list, at the count / daftar terbuka")
    parser.add_argument(
        "--earlier", type=Path, help="a log.jsonl kept before / salinan log.jsonl yang disimpan dahulu"
    )
    parser.add_argument("--lang", choices=LANGUAGES, default="id")
    given = parser.parse_args(arguments)
    holds = True
    try:
        for finding in check(given.folder, given.list, given.earlier):
            sys.stdout.write(line(finding, given.lang) + "\n")
            holds = holds and finding.holds
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}\n")
        return NOTHING_TO_CHECK
    return 0 if holds else FAILED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
