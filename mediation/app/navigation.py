"""The staff's main navigation: one list for the whole product, shown as far as each person's rights go."""

from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from mediation.kernel.actor import ActorKind
from mediation.web.actor import current_actor
from mediation.web.security import may_open

ENTRIES: Final[tuple[tuple[str, LazyString], ...]] = (
    ("supervision.desk", _l("Desk")),
    ("hearings.duty", _l("Duty desk of hearings")),
    ("supervision.cases", _l("Cases")),
    ("disputes.register", _l("Register a matter")),
    ("scheduling.calendar", _l("Calendar")),
    ("stations.overview", _l("Station")),
    ("scheduling.availability", _l("My hours")),
    ("scheduling.opening", _l("Opening")),
    ("notices.messages", _l("Messages")),
    ("access.own_sessions", _l("My account")),
)


@dataclass(frozen=True, slots=True)
class Link:
    """One entry; `current` where the reader is."""

    label: LazyString
    href: str
    current: bool


def links() -> tuple[Link, ...]:
    """The entries that the person who is signed in may open, in the order of the work; none for residents."""
    if current_actor().kind is not ActorKind.STAFF:
        return ()
    return tuple(
        Link(label, url_for(endpoint), request.endpoint == endpoint)
        for endpoint, label in ENTRIES
        if endpoint in current_app.view_functions and may_open(current_actor(), endpoint)
    )


def init_app(app: Flask) -> None:
    app.context_processor(lambda: {"nav": links})
