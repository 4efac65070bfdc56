"""The vault: what is kept of the ballots of a closed cycle, and nothing else.

Per block (a subject or a remainder) and scale: the complete ballots and each item's option counts.
Per pool (instrument and rater group), over the blocks of single subjects: a table of options for
each pair of items, and what is needed for the error of a mean over several scales. No second
moment per block: together with the option counts it would give away whole ballots.

A vault is a sum of whole numbers. Batches, shards and machines each `accumulate` their part, and
`merge` adds them in any order, with the same result to the bit. A ballot counts in a scale only if
all items of the scale are judged.
"""

from analysis.statistics.blocks import Blocks, Joint, is_pooled
from analysis.statistics.layout import Layout, Missing
from analysis.statistics.leaving_out import complete_only, pooled_both_ways
from analysis.statistics.thinning import without_small_pools
from analysis.statistics.vault import (
    Pool,
    Vault,
    accumulate,
    count_complete,
    merge,
    pooled_subjects,
    sum_complete,
)

__all__ = [
    "Blocks",
    "Joint",
    "Layout",
    "Missing",
    "Pool",
    "Vault",
    "accumulate",
    "complete_only",
    "count_complete",
    "is_pooled",
    "merge",
    "pooled_both_ways",
    "pooled_subjects",
    "sum_complete",
    "without_small_pools",
]
