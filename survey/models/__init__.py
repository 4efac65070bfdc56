"""Every table. Only `app`, the migrations and the schema tests import this package as a whole."""

from survey.models import (
    accounts,
    appraisals,
    assignments,
    audit,
    ballots,
    citizens,
    cycles,
    invitations,
    jobs,
    people,
    protocol,
    releases,
    service_points,
    vault,
)

__all__ = [
    "accounts",
    "appraisals",
    "assignments",
    "audit",
    "ballots",
    "citizens",
    "cycles",
    "invitations",
    "jobs",
    "people",
    "protocol",
    "releases",
    "service_points",
    "vault",
]
