"""Who is asked about whom: circles, samples and an integer program, on arrays alone.

People are places 0, 1, … in arrays; nothing here knows a name, a unit or a database. Methods and their
limits: `docs/assignment.md`.
"""

from allocation.allocate import allocate
from allocation.circle import circle
from allocation.deal import deal
from allocation.feasibility import chance_of_reaching, invitations_needed
from allocation.problem import Allocation, Circle, Problem, Reason, Shortfall
from allocation.sample import stratified_sample

__all__ = [
    "Allocation",
    "Circle",
    "Problem",
    "Reason",
    "Shortfall",
    "allocate",
    "chance_of_reaching",
    "circle",
    "deal",
    "invitations_needed",
    "stratified_sample",
]
