"""The party's own page: how it stands, what to do next, in the order of the work."""

from flask import render_template
from flask.typing import ResponseReturnValue

from mediation.agreements import queries
from mediation.agreements.views.blueprint import bp
from mediation.disputes import policy
from mediation.disputes import queries as disputes
from mediation.hearings import queries as hearings
from mediation.scheduling import queries as scheduling
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading
from mediation.web.security import needs_link


@bp.get("/p/<token>")
@needs_link
def personal(token: str) -> ResponseReturnValue:
    actor, session, now = current_actor(), reading(), clock()()
    case, party = policy.party_case(session, actor)
    return render_template(
        "agreements/personal.html",
        token=token,
        case=disputes.case_panel(session, case.id, actor),
        me=next(row for row in disputes.parties(session, case.id) if row.id == party.id),
        booking=scheduling.personal_panel(session, case.id, actor, now=now),
        hearing=hearings.personal(session, actor, now=now),
        minutes=hearings.minutes(session, case.id, actor),
        certificates=hearings.certificates(session, case.id, actor),
        recorded=hearings.recordings(session, case.id, actor),
        consents=hearings.own_consents(session, actor),
        agreement=queries.to_sign(session, actor),
    )
