"""What is published before a cycle opens, so that nobody can be given other keys than the rest.

The manifest is one text whose hash stands on every slip; the scopes, of which there may be thousands, stand
in a second file that the manifest holds by the root of its tree.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from protocol import blind_rsa, sealing
from protocol.encoding import canonical, code, from_b64u, read_canonical, record, to_b64u
from protocol.merkle import Tree

KIND = "cermin manifest 1"
OFFICE, SERVER = "office", "server"
OWNERS = {"two_holders": [OFFICE, OFFICE], "one_holder": [SERVER, OFFICE], "server_key": [SERVER, SERVER]}
HASH_LENGTH = 64
SMALLEST_MINIMUM = 2
SHAPE = {
    "box_key": str,
    "bundle": str,
    "closes_on": str,
    "counts": dict,
    "cycle": str,
    "fewest_ballots": int,
    "groups": list,
    "kind": str,
    "layers": list,
    "minimum": int,
    "mode": str,
    "name": str,
    "opens_on": str,
    "purpose": str,
    "replacements_percent": int,
    "scopes_root": str,
}
OPTIONAL_SHAPE = {"citizens": dict, "item_rule": dict}
ITEM_RULE_SHAPE = {
    "fewest_ballots": int,
    "fewest_subjects": int,
    "least_r_hundredths": int,
    "most_cannot_judge_percent": int,
    "most_of_scale": int,
}
COUNTS_SHAPE = {"papers": int, "raters": int, "scopes": int, "subjects": int}
GROUP_SHAPE = {"group": str, "instrument": str, "weight_percent_hundredths": int}
CITIZENS_SHAPE = {
    "from_high": int,
    "from_low": int,
    "instrument": str,
    "period": str,
    "reliability_percent_hundredths": int,
    "to_high": int,
    "to_low": int,
    "visits": int,
    "weight_percent_hundredths": int,
}
WHOLE = 10_000  # hundredths of a per cent
LAYER_SHAPE = {"key": str, "layer": int, "office": str, "owner": str}
SCOPE_SHAPE = {"key": str, "papers": int, "scope": str}


@dataclass(frozen=True)
class Counts:
    """How large a cycle is."""

    papers: int
    raters: int
    scopes: int
    subjects: int


@dataclass(frozen=True)
class Group:
    """A rater group, what it is asked, and its weight in hundredths of a percent."""

    group: str
    instrument: str
    weight_percent_hundredths: int


@dataclass(frozen=True)
class Citizens:
    """How what citizens said of an officer enters her composite: which figures, which share, which line."""

    instrument: str
    period: str
    visits: int
    reliability_percent_hundredths: int
    weight_percent_hundredths: int
    from_low: int
    from_high: int
    to_low: int
    to_high: int


@dataclass(frozen=True)
class Layer:
    """The key of a layer and its owner; `office` is empty where that is the server."""

    layer: int
    owner: str
    office: str
    key: bytes


@dataclass(frozen=True, kw_only=True)
class ItemRule:
    """When an item may be left out of all figures; a correlation of 0 and 100 per cent name nothing."""

    least_r_hundredths: int
    most_cannot_judge_percent: int
    fewest_ballots: int
    fewest_subjects: int
    most_of_scale: int = 1


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The rules and keys of a cycle; `docs/protocol.md` explains each field."""

    cycle: str
    name: str
    purpose: str
    opens_on: str
    closes_on: str
    mode: str
    minimum: int
    fewest_ballots: int
    replacements_percent: int
    groups: tuple[Group, ...]
    counts: Counts
    layers: tuple[Layer, ...]
    box_key: bytes
    scopes_root: str
    bundle: str
    item_rule: ItemRule | None = None
    citizens: Citizens | None = None


@dataclass(frozen=True)
class Scope:
    """One line of the public list of scopes."""

    name: str
    key: bytes
    papers: int

    @property
    def line(self) -> bytes:
        """The line as it is published and hashed, without its end."""
        return canonical({"key": to_b64u(self.key), "papers": self.papers, "scope": self.name})


def build(manifest: Manifest) -> bytes:
    """Return the text of a manifest.

    Raises
    ------
    ValueError
        `read` would refuse it.
    """
    layers = [asdict(layer) | {"key": to_b64u(layer.key)} for layer in manifest.layers]
    parts = asdict(manifest) | {"box_key": to_b64u(manifest.box_key), "kind": KIND, "layers": layers}
    for name in OPTIONAL_SHAPE:
        if parts[name] is None:
            del parts[name]
    text = canonical(parts)
    read(text)
    return text


def read(text: bytes) -> Manifest:
    """Read a manifest strictly.

    Raises
    ------
    ValueError
        "field: what is wrong".
    """
    whole = read_canonical(text)
    there = {name: kind for name, kind in OPTIONAL_SHAPE.items() if isinstance(whole, dict) and name in whole}
    parts = record(whole, SHAPE | there)
    _require(parts.pop("kind") == KIND, "kind: not a manifest of this version")
    groups = tuple(Group(**record(group, GROUP_SHAPE)) for group in parts.pop("groups"))
    layers = tuple(_layer(layer) for layer in parts.pop("layers"))
    counts = Counts(**record(parts.pop("counts"), COUNTS_SHAPE))
    box_key = from_b64u(parts.pop("box_key"), blind_rsa.BYTES)
    if "item_rule" in there:
        parts["item_rule"] = ItemRule(**record(parts["item_rule"], ITEM_RULE_SHAPE))
    if "citizens" in there:
        parts["citizens"] = Citizens(**record(parts["citizens"], CITIZENS_SHAPE))
    manifest = Manifest(groups=groups, layers=layers, counts=counts, box_key=box_key, **parts)
    _check_rules(manifest)
    _check_layers(manifest)
    return manifest


def manifest_hash(text: bytes) -> str:
    """Return the hash of a manifest, in hexadecimal."""
    return hashlib.sha256(text).hexdigest()


def manifest_code(text: bytes) -> str:
    """Return the hash of a manifest as the short code on every slip."""
    return code(hashlib.sha256(text).digest())


def scopes_file(scopes: Iterable[Scope]) -> bytes:
    """Return the public file of scopes, sorted by their names."""
    return b"".join(scope.line + b"\n" for scope in sorted(scopes, key=lambda scope: scope.name))


def read_scopes(data: bytes) -> list[Scope]:
    """Read the public file of scopes.

    Raises
    ------
    ValueError
        A line is not one of a scope, or the names do not ascend.
    """
    scopes = [_scope(line) for line in data.split(b"\n")[:-1]]
    _require(scopes_file(scopes) == data, "scopes: not in the order of their names")
    _require(len({scope.name for scope in scopes}) == len(scopes), "scopes: a name stands there twice")
    return scopes


def scopes_tree(scopes: Sequence[Scope]) -> Tree:
    """Return the tree over the lines of the public file (RFC 6962, section 2.1), in the order of the file."""
    return Tree([scope.line for scope in scopes])


def is_of(manifest: Manifest, scopes: Sequence[Scope]) -> bool:
    """Return whether these are the scopes that a manifest stands for: root, number and papers."""
    papers = sum(scope.papers for scope in scopes)
    told = (manifest.scopes_root, manifest.counts.scopes, manifest.counts.papers)
    return (scopes_tree(scopes).root.hex(), len(scopes), papers) == told


def _scope(line: bytes) -> Scope:
    parts = record(read_canonical(line), SCOPE_SHAPE)
    _require(parts["papers"] >= 0, "papers: below 0")
    return Scope(parts["scope"], from_b64u(parts["key"], blind_rsa.BYTES), parts["papers"])


def _layer(value: Any) -> Layer:
    parts = record(value, LAYER_SHAPE)
    key = from_b64u(parts["key"], sealing.POINT_BYTES)
    _require(sealing.is_public_key(key), "key: not a point of the curve")
    return Layer(parts["layer"], parts["owner"], parts["office"], key)


def _check_rules(manifest: Manifest) -> None:
    opens, closes = (date.fromisoformat(day) for day in (manifest.opens_on, manifest.closes_on))
    days = [opens.isoformat(), closes.isoformat()]
    _require(days == [manifest.opens_on, manifest.closes_on], "opens_on, closes_on: not year-month-day")
    _require(opens <= closes, "closes_on: before opens_on")
    _require(manifest.minimum >= SMALLEST_MINIMUM, "minimum: too small to hide anybody")
    _require(manifest.fewest_ballots >= 0, "fewest_ballots: below 0")
    _require(0 <= manifest.replacements_percent <= 100, "replacements_percent: not a percentage")
    _require(min(asdict(manifest.counts).values()) >= 0, "counts: below 0")
    for name, value in (("bundle", manifest.bundle), ("scopes_root", manifest.scopes_root)):
        is_hash = len(value) == HASH_LENGTH and set(value) <= set("0123456789abcdef")
        _require(is_hash, f"{name}: not a SHA-256 in hexadecimal")
    if manifest.item_rule is not None:
        _require(0 <= manifest.item_rule.least_r_hundredths < 100, "item_rule: no correlation")
        _require(0 < manifest.item_rule.most_cannot_judge_percent <= 100, "item_rule: not a percentage")
    names = [group.group for group in manifest.groups]
    _require(len(set(names)) == len(names), "groups: one stands there twice")
    if manifest.citizens is not None:
        _check_citizens(manifest.citizens)


def _check_citizens(citizens: Citizens) -> None:
    _require(0 < citizens.weight_percent_hundredths < WHOLE, "citizens: a weight from 0 to below 1")
    _require(0 <= citizens.reliability_percent_hundredths < WHOLE, "citizens: no reliability")
    _require(citizens.visits >= SMALLEST_MINIMUM, "citizens: too few visits to hide anybody")
    _require(citizens.from_low < citizens.from_high, "citizens: the ends of their scale do not rise")
    _require(citizens.to_low < citizens.to_high, "citizens: the ends of the scale do not rise")


def _check_layers(manifest: Manifest) -> None:
    _require([layer.layer for layer in manifest.layers] == [1, 2], "layers: not 1 and 2")
    owners = [layer.owner for layer in manifest.layers]
    _require(owners == OWNERS.get(manifest.mode), "mode: not that of the owners of the layers")
    offices = [layer.office for layer in manifest.layers if layer.owner == OFFICE]
    _require(all(offices) and len(set(offices)) == len(offices), "layers: not each of an office of its own")
    of_server = [layer.office for layer in manifest.layers if layer.owner == SERVER]
    _require(not any(of_server), "layers: the server is no office")
    outer, inner = manifest.layers
    _require(outer.key != inner.key, "layers: one key for both")


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)
