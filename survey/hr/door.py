"""The blueprint that HR's pages hang on."""

from flask import Blueprint

blueprint = Blueprint("hr", __name__)
