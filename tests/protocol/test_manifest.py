import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import blind_rsa, holder, manifest, merkle
from protocol.encoding import canonical
from tests.protocol.conftest import CYCLE


@pytest.fixture
def scopes(signer: blind_rsa.SigningKey) -> list[manifest.Scope]:
    """Three scopes, in the order of their names."""
    return [manifest.Scope(f"s-{number}/peer", signer.public_bytes, 5) for number in range(3)]


@pytest.fixture
def rules(
    signer: blind_rsa.SigningKey, keys: dict[int, holder.HolderKey], scopes: list[manifest.Scope]
) -> manifest.Manifest:
    """A manifest in order."""
    return manifest.Manifest(
        cycle=CYCLE,
        name="Penilaian",
        purpose="development",
        opens_on="2026-12-01",
        closes_on="2026-12-31",
        mode="two_holders",
        minimum=5,
        fewest_ballots=50,
        replacements_percent=2,
        groups=(manifest.Group("peer", "hash", 10_000),),
        counts=manifest.Counts(papers=15, raters=9, scopes=3, subjects=3),
        layers=tuple(
            manifest.Layer(key.layer, manifest.OFFICE, key.office, key.public.point) for key in keys.values()
        ),
        box_key=signer.public_bytes,
        scopes_root=manifest.scopes_tree(scopes).root.hex(),
        bundle="0" * 64,
    )


def test_a_manifest_comes_back(rules: manifest.Manifest) -> None:
    text = manifest.build(rules)
    assert manifest.read(text) == rules
    assert json.loads(text)["kind"] == manifest.KIND
    assert len(manifest.manifest_code(text)) == 19
    assert manifest.manifest_hash(text) != manifest.manifest_hash(
        text.replace(b'"minimum":5', b'"minimum":4')
    )


def test_a_rule_about_items_is_told_and_a_manifest_without_one_stays_as_it_was(
    rules: manifest.Manifest,
) -> None:
    rule = manifest.ItemRule(
        least_r_hundredths=20, most_cannot_judge_percent=30, fewest_ballots=100, fewest_subjects=10
    )
    told = dataclasses.replace(rules, item_rule=rule)
    assert manifest.read(manifest.build(told)) == told
    assert b"item_rule" not in manifest.build(rules)
    for wrong in ({"least_r_hundredths": 100}, {"most_cannot_judge_percent": 0}):
        with pytest.raises(ValueError, match="item_rule"):
            manifest.build(dataclasses.replace(rules, item_rule=dataclasses.replace(rule, **wrong)))


@pytest.mark.parametrize(
    ("mode", "owners"), [("one_holder", ("server", "office")), ("server_key", ("server", "server"))]
)
def test_the_mode_is_that_of_the_owners(rules: manifest.Manifest, mode: str, owners: tuple[str, str]) -> None:
    layers = tuple(
        dataclasses.replace(layer, owner=owner, office=layer.office if owner == "office" else "")
        for layer, owner in zip(rules.layers, owners, strict=True)
    )
    weaker = dataclasses.replace(rules, mode=mode, layers=layers)
    assert manifest.read(manifest.build(weaker)) == weaker
    with pytest.raises(ValueError, match="mode"):
        manifest.build(dataclasses.replace(rules, layers=layers))
    named = tuple(dataclasses.replace(layer, office=f"Office {layer.layer}") for layer in layers)
    with pytest.raises(ValueError, match="server"):
        manifest.build(dataclasses.replace(weaker, layers=named))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "cermin manifest 2"}, {"more": 1}, {"mode": "none"}, {"minimum": 1}, {"minimum": True},
        {"minimum": "5"}, {"opens_on": "2027-01-01"}, {"opens_on": "20261201"}, {"closes_on": "soon"},
        {"replacements_percent": 101}, {"replacements_percent": -1}, {"fewest_ballots": -1}, {"counts": {}},
        {"counts": {"papers": -1, "raters": 0, "scopes": 0, "subjects": 0}}, {"bundle": "0" * 63},
        {"bundle": "G" * 64}, {"scopes_root": "A" * 64}, {"box_key": "AA"}, {"box_key": None},
        {"groups": [1]}, {"groups": {}},
        {"groups": [{"group": "peer", "instrument": "hash", "weight_percent_hundredths": 1}] * 2},
        {"groups": [{"group": "peer", "instrument": "hash"}]}, {"layers": []}, {"layers": [[], []]},
    ],
)  # fmt: skip
def test_a_manifest_out_of_order_is_refused(rules: manifest.Manifest, change: dict) -> None:
    parts = json.loads(manifest.build(rules)) | change
    with pytest.raises(ValueError):
        manifest.read(canonical(parts))


@pytest.mark.parametrize(
    "change",
    [
        lambda outer, inner: [inner, outer],
        lambda outer, inner: [outer],
        lambda outer, inner: [outer, outer | {"layer": 2, "office": "B"}],
        lambda outer, inner: [outer, inner | {"office": outer["office"]}],
        lambda outer, inner: [outer, inner | {"office": ""}],
        lambda outer, inner: [outer, inner | {"owner": "server"}],
        lambda outer, inner: [outer, inner | {"key": "A" * 87}],
        lambda outer, inner: [outer, inner | {"layer": 3}],
        lambda outer, inner: [outer, inner | {"more": 1}],
    ],
)
def test_layers_out_of_order_are_refused(rules: manifest.Manifest, change) -> None:  # type: ignore[no-untyped-def]
    parts = json.loads(manifest.build(rules))
    with pytest.raises(ValueError):
        manifest.read(canonical(parts | {"layers": change(*parts["layers"])}))


@given(text=st.binary(max_size=200))
def test_a_strangers_bytes_are_no_manifest(text: bytes) -> None:
    with pytest.raises(ValueError):
        manifest.read(text)


def test_a_manifest_is_read_to_the_byte(rules: manifest.Manifest) -> None:
    text = manifest.build(rules)
    for other in (text + b"\n", b" " + text, text[:-1]):
        with pytest.raises(ValueError):
            manifest.read(other)


def test_the_file_of_scopes_is_sorted_and_comes_back(scopes: list[manifest.Scope]) -> None:
    data = manifest.scopes_file(reversed(scopes))
    assert manifest.read_scopes(data) == scopes
    assert manifest.read_scopes(b"") == []
    lines = data.splitlines(keepends=True)
    for wrong in (b"".join(reversed(lines)), data + lines[-1], data[:-1], data + b"{}\n", data + b"\n"):
        with pytest.raises(ValueError):
            manifest.read_scopes(wrong)
    with pytest.raises(ValueError, match="papers"):
        manifest.read_scopes(data.replace(b'"papers":5', b'"papers":-5'))


def test_a_manifest_knows_its_scopes(rules: manifest.Manifest, scopes: list[manifest.Scope]) -> None:
    assert manifest.is_of(rules, scopes)
    assert not manifest.is_of(rules, scopes[1:])
    assert not manifest.is_of(rules, [*scopes[:2], dataclasses.replace(scopes[2], papers=6)])
    counts = dataclasses.replace(rules.counts, papers=14)
    assert not manifest.is_of(dataclasses.replace(rules, counts=counts), scopes)


def test_a_paper_comes_with_the_path_of_its_scope(
    rules: manifest.Manifest, scopes: list[manifest.Scope]
) -> None:
    tree, root = manifest.scopes_tree(scopes), bytes.fromhex(rules.scopes_root)
    for place, scope in enumerate(scopes):
        assert merkle.is_in(scope.line, place, rules.counts.scopes, tree.path(place), root)


CITIZENS = manifest.Citizens("hash", "2026-H1", 30, 5000, 1000, 1, 4, 1, 5)


def test_the_rule_for_citizens_comes_back(rules: manifest.Manifest) -> None:
    with_rule = dataclasses.replace(rules, citizens=CITIZENS)
    assert manifest.read(manifest.build(with_rule)) == with_rule


@pytest.mark.parametrize(
    "change",
    [
        {"weight_percent_hundredths": 0},
        {"weight_percent_hundredths": 10_000},
        {"reliability_percent_hundredths": 10_000},
        {"visits": 1},
        {"from_high": 1},
        {"to_high": 1},
    ],
)
def test_a_rule_for_citizens_out_of_order_is_refused(rules: manifest.Manifest, change: dict) -> None:
    with pytest.raises(ValueError, match="citizens: "):
        manifest.build(dataclasses.replace(rules, citizens=dataclasses.replace(CITIZENS, **change)))
