"""The structure behind the answers: polychoric correlations and factor models."""

from analysis.cfa import Cfa, Fit, ScaledFit, cfa
from analysis.invariance import Invariance, InvarianceStep, invariance
from analysis.polychoric import Polychoric, polychoric

__all__ = [
    "Cfa",
    "Fit",
    "Invariance",
    "InvarianceStep",
    "Polychoric",
    "ScaledFit",
    "cfa",
    "invariance",
    "polychoric",
]
