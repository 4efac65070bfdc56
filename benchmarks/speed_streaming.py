"""Millions of ballots reduced to a vault in one streaming pass: time per million and memory."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from functools import reduce

import numpy as np
from threadpoolctl import threadpool_limits

from analysis import Layout, Vault, accumulate, merge, pooled_alpha
from benchmarks.timing import seconds_to_read

SUBJECTS, SCALES, ITEMS, BATCH = 3_000, 7, 3, 100_000
SIZES = (100_000, 1_000_000, 10_000_000)
LARGEST_MEMORY, LARGEST_RISE = 1.0, 1.5  # GiB; seconds per ballot at the largest size over the least
LAYOUT = Layout(
    "behaviour",
    tuple((f"scale {s}", tuple(range(s * ITEMS, (s + 1) * ITEMS))) for s in range(SCALES)),
    SCALES * ITEMS,
    1,
    5,
)
BLOCKS = np.repeat(np.arange(SUBJECTS)[:, np.newaxis], SCALES, axis=1)


def batches(ballots: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Ballots about subjects in no order, one in a hundred answers missing."""
    rng = np.random.default_rng(20261124)
    for _ in range(ballots // BATCH):
        latent = 3.4 + rng.normal(0, 0.7, (BATCH, 1)) + rng.normal(0, 0.8, (BATCH, LAYOUT.items))
        x = np.clip(np.rint(latent), 1, 5).astype(np.int8)
        x[rng.random(x.shape) < 0.01] = -1
        yield x, rng.integers(0, SUBJECTS, BATCH)


class Stream:
    """Vaults of the batches, with the time that making and merging them took (making up ballots aside)."""

    def __init__(self, ballots: int) -> None:
        self.ballots, self.seconds = ballots, 0.0

    def __iter__(self) -> Iterator[Vault]:
        for x, subject in batches(self.ballots):
            start = time.process_time()
            yield accumulate(x, subject, layout=LAYOUT, group="peer", blocks=BLOCKS, pooled=BLOCKS >= 0)
            self.seconds += time.process_time() - start


def main() -> int:
    """Measure and judge."""
    print(
        f"\nOne pass over ballots of {LAYOUT.items} items about {SUBJECTS:,} subjects, {BATCH:,} at a time\n"
    )
    print(f"{'ballots':>12} {'seconds':>9} {'a million':>10} {'peak MiB':>9} {'alpha':>8}")
    pace, peak = [], 0.0
    with threadpool_limits(1):
        for ballots in SIZES:
            stream = Stream(ballots)
            pool = reduce(merge, stream).pool("behaviour", "peer")
            if pool.ballots != ballots:
                raise SystemExit("ballots were lost")
            pace.append(stream.seconds / ballots)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            figures = f"{stream.seconds:>9.2f} {1e6 * pace[-1]:>10.2f} {peak:>9.0f}"
            print(f"{ballots:>12,} {figures} {pooled_alpha(pool, 'scale 0').estimate:>8.4f}")
    bound = seconds_to_read(SIZES[-1] * (LAYOUT.items + 8))
    print(f"\nmemory bound: {bound:.3f} seconds to read the most ballots once")
    rise = pace[-1] / pace[0]
    print(f"seconds a ballot, most over fewest ballots: {rise:.2f}, at most {LARGEST_RISE}")
    print(f"peak memory: {peak / 1024:.2f} GiB, below {LARGEST_MEMORY}")
    return int(rise > LARGEST_RISE or peak / 1024 >= LARGEST_MEMORY)


if __name__ == "__main__":
    sys.exit(main())
