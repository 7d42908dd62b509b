"""The public hall's blueprint."""

from flask import Blueprint

hall = Blueprint("public", __name__)
