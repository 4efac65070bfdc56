"""How simulated raters rate, and what is true of them.

A rater's impression of an act = the subject's true standing + leniency + halo (one for all acts of a
sheet) + noise (one for each act). She ticks the nearest of the steps 1 to 5. What is true of a subject is
the mean mark that all possible raters would give her: it is found by quadrature, not by simulation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

LOW, HIGH = 1, 5
STEPS = np.arange(LOW, HIGH + 1)
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(41)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


@dataclass(frozen=True)
class Setting:
    """One kind of cycle.

    Attributes
    ----------
    subjects, items : how many are rated, on how many acts
    raters : fewest and most raters of one subject
    centre : mean impression on the scale 1 to 5; 4.6 lies at the ceiling
    between, leniency, halo, noise : standard deviations
    culture : standard deviation of what all raters of a unit share
    unit : subjects of one unit
    """

    name: str
    subjects: int = 100
    items: int = 3
    raters: tuple[int, int] = (3, 8)
    centre: float = 3.7
    between: float = 0.45
    leniency: float = 0.35
    halo: float = 0.35
    noise: float = 0.55
    culture: float = 0.0
    unit: int = 20

    @property
    def rater(self) -> float:
        """What a sheet adds for all its acts when its rater is drawn anew."""
        return float(np.hypot(self.leniency, self.halo))

    @property
    def spread(self) -> float:
        """How far subjects' standings lie apart, their units' share included."""
        return float(np.hypot(self.between, self.culture))


@dataclass(frozen=True)
class Sheets:
    """What was ticked: (ballots, items) marks with the subject of each, and the subjects' true means."""

    marks: Ints
    subject: Ints
    truth: Floats


@dataclass(frozen=True)
class Population:
    """The variance components of a sheet's mean mark over all subjects and raters."""

    between: float
    within: float

    @property
    def icc(self) -> float:
        """Share of the variance of one sheet that lies between subjects."""
        return self.between / (self.between + self.within)


def true_mean(standing: Floats, setting: Setting) -> Floats:
    """The mean mark of a subject over all raters."""
    return _mark(standing, float(np.hypot(setting.rater, setting.noise)))[0]


def population(setting: Setting) -> Population:
    """Variance components of one sheet's mean mark."""
    standing = setting.centre + setting.spread * _NODES
    mean = true_mean(standing, setting)
    sheet_mean, act_variance = _mark(standing[:, np.newaxis] + setting.rater * _NODES, setting.noise)
    own_mean = sheet_mean @ _WEIGHTS
    within = ((sheet_mean - own_mean[:, np.newaxis]) ** 2 + act_variance / setting.items) @ _WEIGHTS
    overall = mean @ _WEIGHTS
    return Population(float(((mean - overall) ** 2) @ _WEIGHTS), float(within @ _WEIGHTS))


def draw_nested(setting: Setting, random: np.random.Generator) -> Sheets:
    """Every sheet has a rater of its own."""
    raters = random.integers(setting.raters[0], setting.raters[1] + 1, size=setting.subjects)
    subject = np.repeat(np.arange(setting.subjects), raters)
    leniency = random.normal(scale=setting.leniency, size=len(subject))
    return _tick(setting, subject, leniency, random)


def draw_crossed(setting: Setting, random: np.random.Generator, rated: int = 8) -> Sheets:
    """Everybody rates the next `rated` colleagues of her unit, equally lenient to all."""
    subject = np.arange(setting.subjects)
    place, unit = subject % setting.unit, subject // setting.unit
    turn = np.arange(1, rated + 1)
    rated_by = (unit * setting.unit)[:, np.newaxis] + (place[:, np.newaxis] + turn) % setting.unit
    leniency = np.repeat(random.normal(scale=setting.leniency, size=setting.subjects), rated)
    answers = random.random(rated_by.size) < 0.7  # the rest never send their sheet
    return _tick(setting, rated_by.ravel()[answers], leniency[answers], random)


def _tick(setting: Setting, subject: Ints, leniency: Floats, random: np.random.Generator) -> Sheets:
    units = np.arange(setting.subjects) // setting.unit
    standing = (
        setting.centre
        + setting.between * random.normal(size=setting.subjects)
        + setting.culture * random.normal(size=units.max() + 1)[units]
    )
    sheet = standing[subject] + leniency + random.normal(scale=setting.halo, size=len(subject))
    noise = random.normal(scale=setting.noise, size=(len(subject), setting.items))
    marks = np.clip(np.rint(sheet[:, np.newaxis] + noise), LOW, HIGH).astype(np.int64)
    return Sheets(marks, subject, true_mean(standing, setting))


def _mark(impression: Floats, noise: float) -> tuple[Floats, Floats]:
    """Mean and variance of the nearest step to a normal impression."""
    below = ndtr((STEPS[:-1] + 0.5 - impression[..., np.newaxis]) / noise)
    whole = np.ones((*below.shape[:-1], 1))
    chance = np.diff(np.concatenate([0 * whole, below, whole], axis=-1))
    mean = chance @ STEPS
    return mean, chance @ STEPS**2 - mean**2
