"""The desk: what waits for whom; and the list of cases."""

from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mediation.access.permissions import Permission, holds
from mediation.disputes import queries as disputes
from mediation.disputes.queries import CaseFilter, CaseRow
from mediation.disputes.rules.codes import CaseState, DisputeType
from mediation.hearings import queries as hearings
from mediation.kernel.clock import local_date
from mediation.people import queries as people
from mediation.scheduling import queries as scheduling
from mediation.supervision import queries
from mediation.supervision.forms import CaseSearchForm
from mediation.supervision.rules.limits import TimerKind
from mediation.supervision.views.blueprint import bp
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading
from mediation.web.paging import page_of
from mediation.web.security import needs

PAGE = 25
ON_THE_DESK = 20


@bp.get("/desk")
@needs(Permission.VIEW_DESK)
def desk() -> ResponseReturnValue:
    """New intakes with their limits, what I am asked, what falls due."""
    actor, session = current_actor(), reading()
    today = local_date(clock()())
    me = people.mediator_of(session, actor.account_id)
    new = CaseFilter(states=frozenset({CaseState.RECEIVED}))
    asked = CaseFilter(states=frozenset({CaseState.REFERRED}))
    mine = CaseFilter(mine=me.id, unanswered=True) if me is not None else None
    triages = holds(actor, Permission.TRIAGE_CASE)
    follow = frozenset({TimerKind.CONFIRM, TimerKind.PERFORM, TimerKind.FOLLOW_UP, TimerKind.RECORDING})
    timers = queries.running_timers(session, actor, today=today, limit=100)
    return render_template(
        "supervision/desk.html",
        may_register=holds(actor, Permission.REGISTER_CASE),
        intakes=disputes.cases(session, actor, new, limit=ON_THE_DESK) if triages else None,
        referrals=disputes.cases(session, actor, asked, limit=ON_THE_DESK)
        if holds(actor, Permission.ANSWER_REFERRAL)
        else None,
        to_answer=disputes.cases(session, actor, mine, limit=ON_THE_DESK) if mine is not None else None,
        due=[row for row in timers if row.kind not in follow][:ON_THE_DESK],
        after=[row for row in timers if row.kind in follow][:ON_THE_DESK],
        lights={row.case_public_id: row.reading for row in reversed(timers)},
        panels=[
            ("hearings/_signals.html", hearings.open_signals(session, actor)),
            ("scheduling/_desk_panel.html", scheduling.open_orphans(session, actor, now=clock()())),
            ("hearings/_desk_panel.html", hearings.on_day(session, actor, today)),
        ],
    )


@bp.get("/cases")
@needs(Permission.VIEW_DESK)
def cases() -> ResponseReturnValue:
    """All cases in reach, the newest first, narrowed by what the form says."""
    form = CaseSearchForm(request.args, meta={"csrf": False})
    form.validate()
    state, kind = form.state.data, form.dispute_type.data
    wanted = CaseFilter(
        states=frozenset({state}) if isinstance(state, CaseState) else frozenset(),
        dispute_type=kind if isinstance(kind, DisputeType) else None,
        number=form.number_prefix(),
        phone=form.phone_digits(),
    )
    rows = disputes.cases(reading(), current_actor(), wanted, after=request.args.get("after", "")[:60], limit=PAGE + 1)
    page = page_of(rows, PAGE, lambda row: row.key)
    following = f"?{urlencode({**request.args, 'after': page.after})}" if page.after else None
    if len(page.rows) == 1 and form.number_prefix() and page.rows[0].number == form.number_prefix():
        return _to(page.rows[0])
    return render_template("supervision/cases.html", form=form, page=page, following=following)


def _to(row: CaseRow) -> ResponseReturnValue:
    return redirect(url_for("supervision.case", public_id=row.public_id), 303)
