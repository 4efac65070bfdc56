"""What is planted: true scores of people and the ways of raters. Kept in memory only, for comparison.

A rater's impression lies on the same line as the steps of the scale; the mark is the nearest step.
Impression = true score + shift of the rater group + leniency of the rater + halo (one per paper, over all
scales) + noise (one per answer).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True)
class RaterModel:
    """The spread of true scores and of everything that raters add, in steps of the scale."""

    mean: float = 3.7
    between_sd: float = 0.45
    general_share: float = 0.6  # of the variance between people, what all scales have in common
    leniency_sd: float = 0.35
    halo_sd: float = 0.35
    noise_sd: float = 0.55
    shift: Mapping[str, float] = field(
        default_factory=lambda: {"self": 0.4, "supervisor": -0.1, "peer": 0.0, "subordinate": 0.1}
    )
    not_judged: float = 0.04
    commented: float = 0.4

    @property
    def own_sd(self) -> float:
        """What one paper adds when its rater's leniency is known."""
        return float(np.hypot(self.halo_sd, self.noise_sd))


@dataclass(frozen=True, eq=False)
class Truth:
    """The planted figures, by the place of each person in the organisation."""

    scales: tuple[str, ...]
    score: Floats  # (people, scales)
    leniency: Floats  # (people,)
    model: RaterModel


def plant(people: int, scales: tuple[str, ...], model: RaterModel, random: np.random.Generator) -> Truth:
    """Draw the true scores and leniencies of a city."""
    general = random.normal(size=(people, 1)) * np.sqrt(model.general_share)
    special = random.normal(size=(people, len(scales))) * np.sqrt(1 - model.general_share)
    return Truth(
        scales=scales,
        score=model.mean + model.between_sd * (general + special),
        leniency=random.normal(scale=model.leniency_sd, size=people),
        model=model,
    )


def expected_marks(impression: Floats, sd: Floats | float, low: int, high: int) -> tuple[Floats, Floats]:
    """Mean and variance of a mark: the nearest step to a normal impression, kept within the scale."""
    centre = np.asarray(impression, dtype=np.float64)[..., np.newaxis]
    spread = np.asarray(sd, dtype=np.float64)[..., np.newaxis]
    steps = np.arange(low, high + 1)
    below = ndtr((steps[:-1] + 0.5 - centre) / spread)
    whole = np.ones((*below.shape[:-1], 1))
    chance = np.diff(np.concatenate([0 * whole, below, whole], axis=-1))
    mean = (chance * steps).sum(axis=-1)
    return mean, (chance * steps**2).sum(axis=-1) - mean**2
