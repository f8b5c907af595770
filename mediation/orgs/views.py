"""Sentences of what the tree refuses; it has no pages of its own yet."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from mediation.web import problems

bp = Blueprint("orgs", __name__)

problems.sentences(
    {
        "org_unknown": (_l("This place or body is not in the list."), _l("Choose one from the list.")),
        "community_unknown": (_l("This community is not in the list."), _l("Choose one from the list.")),
        "org_not_here": (_l("Such a body cannot stand at this place."), _l("Choose another place above it.")),
        "org_kind": (_l("The kind does not fit the level."), _l("A body has a kind, an area has none.")),
        "table_empty": (_l("The table has no lines."), _l("Save it again as CSV with its head.")),
        "table_columns": (_l("The table lacks the columns name and level."), _l("Add them to its first line.")),
        "table_too_long": (_l("The table has more than %(most)s lines."), _l("Import it in parts.")),
        "room_unknown": (_l("This room is not in the list."), _l("Choose one from the list.")),
        "notice_unreadable": (
            _l("The notice was not applied: lines %(lines)s cannot be read, or a holiday is missing."),
            _l("Paste the whole text again as it was published."),
        ),
        "room_hours": (_l("The room closes before it opens."), _l("Correct the hours.")),
    }
)
