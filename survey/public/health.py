"""Signs of life for whoever watches the service."""

from flask import Response
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from survey.db import reading
from survey.extensions import databases
from survey.public.door import blueprint

READY, NOT_READY = "ok", "a database does not answer"


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return Response(READY, mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Both databases answer, and are migrated."""
    engines = (databases().people, databases().answers)
    ready = all(_answers(engine) for engine in engines)
    return Response(READY if ready else NOT_READY, status=200 if ready else 503, mimetype="text/plain")


def _answers(engine: Engine) -> bool:
    try:
        with reading(engine) as session:
            return session.scalar(text("SELECT version_num FROM alembic_version")) is not None
    except DBAPIError:
        return False
