"""Which blocks of ballots may be published: the pure rule for one cycle, and the attacker who tries it.

Every published figure is a union of blocks of one partition, and every anonymous block holds the
ballots of at least k people. So no sum or difference of figures rests on fewer than k people.

A block is a whole number: `subject >= 0` is that subject's own block, `UNPUBLISHED` is none, and
`remainder_block(unit)` is the remainder of a unit, where what is too small to stand alone is put
together over several subjects.
"""

from analysis.disclosure.attacker import Finding, Told, attack
from analysis.disclosure.bands import BAND_SHARE, coarsened, in_high_band, in_low_band
from analysis.disclosure.closeness import lie_close
from analysis.disclosure.publication import (
    UNPUBLISHED,
    Asked,
    Kind,
    Publication,
    guaranteed_raters,
    partition,
    people_of,
    remainder_block,
    replaced_papers,
    told_by,
    unit_of_block,
)

__all__ = [
    "BAND_SHARE",
    "UNPUBLISHED",
    "Asked",
    "Finding",
    "Kind",
    "Publication",
    "Told",
    "attack",
    "coarsened",
    "guaranteed_raters",
    "in_high_band",
    "in_low_band",
    "lie_close",
    "partition",
    "people_of",
    "remainder_block",
    "replaced_papers",
    "told_by",
    "unit_of_block",
]
