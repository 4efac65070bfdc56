"""The rater groups of a cycle: one table, in the order in which pages and files show them.

Citizens judge services; what they say of an officer is no ballot of a cycle and stands outside this table.
"""

from typing import Literal, NamedTuple

from instruments.schema import RaterGroup

Voice = Literal["self", "supervisor", "anonymous"]


class GroupEntry(NamedTuple):
    """A group: how its raters are protected, and one member's name in Indonesian and English."""

    code: RaterGroup
    voice: Voice
    label: tuple[str, str]


ENTRIES = (
    GroupEntry("self", "self", ("Diri sendiri", "Self")),
    GroupEntry("supervisor", "supervisor", ("Atasan", "Supervisor")),
    GroupEntry("peer", "anonymous", ("Rekan kerja", "Peer")),
    GroupEntry("subordinate", "anonymous", ("Bawahan", "Subordinate")),
    GroupEntry("partner", "anonymous", ("Mitra layanan", "Service partner")),
)
RATER_GROUPS = tuple(entry.code for entry in ENTRIES)
ANONYMOUS_GROUPS = tuple(entry.code for entry in ENTRIES if entry.voice == "anonymous")
WEIGHTED_GROUPS = tuple(entry.code for entry in ENTRIES if entry.voice != "self")
VOICES: dict[str, Voice] = {entry.code: entry.voice for entry in ENTRIES}
# A local convention seen in practice (60/20/20), no national rule: a preset that HR may change. Partners, who
# stand in no chart, are asked only where HR says so.
PRESET_WEIGHTS: dict[RaterGroup, float] = {"self": 0.0, "supervisor": 60.0, "peer": 20.0, "subordinate": 20.0}
