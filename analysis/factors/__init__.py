"""The structure behind the answers: how many factors, which ones, and models of them."""

from analysis.factors.cfa import Cfa, cfa
from analysis.factors.cfa_fit import Fit, ScaledFit
from analysis.factors.dimensionality import (
    ParallelAnalysis,
    PartialCorrelations,
    SamplingAdequacy,
    Sphericity,
    minimum_average_partial,
    parallel_analysis,
    sampling_adequacy,
    sphericity,
)
from analysis.factors.efa import FactorAnalysis, efa
from analysis.factors.invariance import Invariance, InvarianceStep, invariance
from analysis.factors.polychoric import Polychoric, polychoric

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
