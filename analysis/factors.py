"""The structure behind the answers: how many factors, which ones, and models of them."""

from analysis.cfa import Cfa, Fit, ScaledFit, cfa
from analysis.dimensionality import (
    ParallelAnalysis,
    PartialCorrelations,
    SamplingAdequacy,
    Sphericity,
    minimum_average_partial,
    parallel_analysis,
    sampling_adequacy,
    sphericity,
)
from analysis.efa import FactorAnalysis, efa
from analysis.invariance import Invariance, InvarianceStep, invariance
from analysis.polychoric import Polychoric, polychoric

__all__ = [
    "Cfa",
    "FactorAnalysis",
    "Fit",
    "Invariance",
    "InvarianceStep",
    "ParallelAnalysis",
    "PartialCorrelations",
    "Polychoric",
    "SamplingAdequacy",
    "ScaledFit",
    "Sphericity",
    "cfa",
    "efa",
    "invariance",
    "minimum_average_partial",
    "parallel_analysis",
    "polychoric",
    "sampling_adequacy",
    "sphericity",
]
