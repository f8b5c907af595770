"""Whom the parties wish for as mediator: on the party's own link, and written down by the desk; recusal."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import policy, queries, service
from mediation.disputes.forms import (
    NOBODY,
    OwnRefusalForm,
    OwnWishForm,
    RecusalForm,
    RelationForm,
    WishForm,
)
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import DisputeType, LeftOutReason, Track, WishKind
from mediation.disputes.views.action import decide
from mediation.disputes.views.blueprint import bp
from mediation.kernel.errors import Invalid, Missing, Refused
from mediation.people import queries as people
from mediation.people.queries import MediatorRow
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.i18n import label, locale
from mediation.web.security import needs, needs_link

_PROBLEMS = (Refused, Invalid, Missing)
_NEVER = frozenset(LeftOutReason) - {LeftOutReason.UNWANTED}
"""Who is left out for one of these is not offered to a party. Whom another party does not accept is: it would tell."""


def _facts(mediators: list[MediatorRow]) -> dict[str, tuple[str, str, str]]:
    """Public id -> body and kind, languages, what they take: plain facts to choose by."""
    taken = people.skills(reading(), [row.id for row in mediators])
    join = "、" if locale().startswith("zh") else ", "
    return {
        row.public_id: (
            " · ".join((row.org_label(locale()), label(row.kind))),
            join.join(row.languages),
            join.join(label(DisputeType.of(code)) for code in taken.get(row.id, ())),
        )
        for row in mediators
    }


def _back(token: str) -> ResponseReturnValue:
    return redirect(url_for("agreements.personal", token=token), 303)


@bp.route("/p/<token>/mediator", methods=["GET", "POST"])
@needs_link
def own_mediator(token: str) -> ResponseReturnValue:
    """A party names the mediator they wish for (People's Mediation Law art. 19, 23)."""
    case, party = policy.party_case(reading(), current_actor())
    said = queries.wishes(reading(), case.id, party_id=party.id)
    wanted = next((row for row in said if row.kind is WishKind.WANTS), None)
    able = queries.mediators_serving(reading(), case, unless=_NEVER)
    form = OwnWishForm()
    form.offer(able, wanted.mediator.public_id if wanted else "")
    if form.validate_on_submit():
        with form.shows(*_PROBLEMS):
            with write() as session:
                if form.mediator.data != NOBODY:
                    row = people.mediator_by_public_id(session, form.mediator.data)
                    wish = service.WishForMediator(case.id, party.id, row.id)
                    service.wish_for(session, current_actor(), wish, clock=clock())
                elif wanted is not None:
                    back = service.TakeBackWish(case.id, wanted.public_id)
                    service.take_back_wish(session, current_actor(), back, clock=clock())
            flash(_("We have noted it. The desk sees it when it chooses the mediator."), "success")
            return _back(token)
    page = render_template(
        "disputes/own_mediator.html",
        form=form,
        token=token,
        facts=_facts(able),
        refused=[row for row in said if row.kind is WishKind.REFUSES],
    )
    return page, 200 if request.method == "GET" else 422


@bp.route("/p/<token>/mediator/not", methods=["GET", "POST"])
@needs_link
def own_not_mediator(token: str) -> ResponseReturnValue:
    """A party says whom they do not accept, or asks for recusal with a ground."""
    case, party = policy.party_case(reading(), current_actor())
    able = queries.mediators_serving(reading(), case, unless=_NEVER)
    if case.mediator_id is not None and case.mediator_id not in {row.id for row in able}:
        able = [people.mediator(reading(), case.mediator_id), *able]
    form = OwnRefusalForm()
    form.offer(able, ground_needed=case.track is not Track.PEOPLE)
    if form.validate_on_submit():
        with form.shows(*_PROBLEMS):
            with write() as session:
                row = people.mediator_by_public_id(session, form.mediator.data)
                refusal = service.RefuseMediator(
                    case.id, party.id, row.id, form.ground.data or None, form.why.data or ""
                )
                service.refuse_mediator(session, current_actor(), refusal, clock=clock())
            flash(_("We have noted whom you do not want."), "success")
            return _back(token)
    page = render_template("disputes/own_not_mediator.html", form=form, token=token, facts=_facts(able))
    return page, 200 if request.method == "GET" else 422


@bp.post("/p/<token>/mediator/back")
@needs_link
def own_wish_back(token: str) -> ResponseReturnValue:
    """A party takes back what they said of a mediator."""
    case, _party = policy.party_case(reading(), current_actor())
    with write() as session:
        command = service.TakeBackWish(case.id, request.form.get("wish", "")[:16])
        service.take_back_wish(session, current_actor(), command, clock=clock())
    flash(_("Taken back."), "success")
    return redirect(url_for("disputes.own_mediator", token=token), 303)


def _nameable(case: Case) -> list[MediatorRow]:
    """Everybody of whom staff can write something down."""
    able = queries.mediators_serving(reading(), case)
    if case.mediator_id is not None and case.mediator_id not in {row.id for row in able}:
        able = [people.mediator(reading(), case.mediator_id), *able]
    return able


@bp.route("/cases/<public_id>/wish", methods=["GET", "POST"])
@needs(Permission.EDIT_PARTIES)
def wish(public_id: str) -> ResponseReturnValue:
    """The desk writes down what a party without a phone told it."""
    case = policy.case_for(reading(), current_actor(), public_id, Permission.EDIT_PARTIES)
    form = WishForm()
    form.offer(queries.parties(reading(), case.id), _nameable(case))

    def run(session: Session) -> object:
        party_id = int(form.party.data)
        mediator_id = people.mediator_by_public_id(session, form.mediator.data or "").id
        if form.kind.data is WishKind.WANTS:
            wanted = service.WishForMediator(case.id, party_id, mediator_id)
            return service.wish_for(session, current_actor(), wanted, clock=clock())
        refused = service.RefuseMediator(case.id, party_id, mediator_id, form.ground.data or None, form.why.data or "")
        return service.refuse_mediator(session, current_actor(), refused, clock=clock())

    return decide(
        case,
        form,
        run,
        done=_("The wish is noted."),
        title=_("Note a party's wish"),
        lead=_("The parties may choose the mediator together, and nobody has to accept one they do not want."),
        submit=_("Note it"),
    )


@bp.post("/cases/<public_id>/wish/back")
@needs(Permission.EDIT_PARTIES)
def wish_back(public_id: str) -> ResponseReturnValue:
    """At the party's word."""
    case = policy.case_for(reading(), current_actor(), public_id, Permission.EDIT_PARTIES)
    with write() as session:
        command = service.TakeBackWish(case.id, request.form.get("wish", "")[:16])
        service.take_back_wish(session, current_actor(), command, clock=clock())
    flash(_("Taken back."), "success")
    return redirect(url_for("supervision.case", public_id=public_id), 303)


@bp.route("/cases/<public_id>/relation", methods=["GET", "POST"])
@needs(Permission.ASSIGN_MEDIATOR)
def relation(public_id: str) -> ResponseReturnValue:
    """Something ties a mediator to a party: they may not take the case."""
    case = policy.case_for(reading(), current_actor(), public_id, Permission.ASSIGN_MEDIATOR)
    form = RelationForm()
    form.offer(_nameable(case))
    return decide(
        case,
        form,
        lambda session: service.record_relation(
            session,
            current_actor(),
            service.RecordRelation(
                case.id,
                people.mediator_by_public_id(session, form.mediator.data or "").id,
                form.kind.data,
                form.why.data or "",
            ),
            clock=clock(),
        ),
        done=_("The relation is recorded. This mediator is not asked."),
        title=_("Record a relation"),
        lead=_("Somebody else mediates then. If this mediator has the case, they leave it at once."),
        submit=_("Record it"),
    )


@bp.post("/cases/<public_id>/relation/back")
@needs(Permission.ASSIGN_MEDIATOR)
def relation_back(public_id: str) -> ResponseReturnValue:
    """It was recorded by mistake."""
    case = policy.case_for(reading(), current_actor(), public_id, Permission.ASSIGN_MEDIATOR)
    with write() as session:
        row = people.mediator_by_public_id(session, request.form.get("mediator", "")[:16])
        service.take_back_relation(session, current_actor(), case.id, row.id, clock=clock())
    flash(_("Taken back."), "success")
    return redirect(url_for("supervision.case", public_id=public_id), 303)


@bp.route("/cases/<public_id>/recusal/<wish>", methods=["GET", "POST"])
@needs(Permission.ASSIGN_MEDIATOR)
def recusal(public_id: str, wish: str) -> ResponseReturnValue:
    """The desk decides a party's request for recusal."""
    case = policy.case_for(reading(), current_actor(), public_id, Permission.ASSIGN_MEDIATOR)
    row = next((one for one in queries.wishes(reading(), case.id) if one.public_id == wish and one.ground), None)
    if row is None or row.ground is None:
        raise Missing("wish_unknown")
    form = RecusalForm()
    return decide(
        case,
        form,
        lambda session: service.decide_recusal(
            session,
            current_actor(),
            service.DecideRecusal(case.id, wish, form.decision.data == "grant", form.why.data or ""),
            clock=clock(),
        ),
        done=_("The decision is recorded. The party sees it on their page."),
        title=_("Recusal of %(name)s", name=row.mediator.name),
        lead=_("%(party)s says: %(ground)s. %(why)s", party=row.party, ground=label(row.ground), why=row.why),
        submit=_("Record the decision"),
    )
