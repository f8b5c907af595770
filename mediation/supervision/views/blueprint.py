"""The blueprint and the sentences of this capability's refusals."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from mediation.web import problems

bp = Blueprint("supervision", __name__)

problems.sentences(
    {"timer_unknown": (_l("This time limit is not here."), _l("Reload the page to see what runs."))},
)
