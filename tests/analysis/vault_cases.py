"""Ballots with planted differences, and the blocks that they count in."""

import numpy as np

from analysis.disclosure import UNPUBLISHED, remainder_block
from analysis.statistics import Vault, accumulate, count_complete
from analysis.statistics.layout import Layout, Missing

LAYOUT = Layout("behaviour 1", (("service", (0, 1, 2)), ("trust", (3, 4, 5, 6))), 7, 1, 5)


def ballots(seed: int, subjects: int = 40, gaps: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    """Answers with true differences between subjects and a few gaps of each kind."""
    rng = np.random.default_rng(seed)
    subject = np.repeat(np.arange(subjects), rng.integers(0, 14, subjects))
    true = rng.normal(3.4, 0.6, subjects)[subject, np.newaxis]
    liking = rng.normal(0, 0.6, (len(subject), 1))
    x = np.clip(np.round(true + liking + rng.normal(0, 0.7, (len(subject), 7))), 1, 5).astype(np.int8)
    holes = rng.random(x.shape) < gaps
    x[holes] = rng.choice([int(reason) for reason in Missing], holes.sum())
    return x, subject


def publish(x: np.ndarray, subject: np.ndarray, subjects: int = 40, k: int = 5) -> np.ndarray:
    """Own blocks from k ballots on; the rest in one remainder."""
    n = count_complete(x, subject, LAYOUT, subjects)
    own = np.arange(subjects)[:, np.newaxis]
    return np.where(n >= k, own, np.where(n > 0, remainder_block(0), UNPUBLISHED))


def vault_of(x: np.ndarray, subject: np.ndarray, blocks: np.ndarray, group: str = "peer") -> Vault:
    """The vault of these ballots."""
    return accumulate(x, subject, layout=LAYOUT, group=group, blocks=blocks)
