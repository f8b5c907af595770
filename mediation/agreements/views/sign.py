"""Reading and signing: the mediator, the committee, a party at the desk, a party under the personal link."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access import links
from mediation.access.permissions import Permission
from mediation.agreements import queries, service
from mediation.agreements.forms import ConfirmForm, SignForm
from mediation.agreements.views.blueprint import bp
from mediation.disputes import policy
from mediation.disputes import queries as disputes
from mediation.kernel.errors import Denied, Invalid, Limited, Missing, Refused, Stale
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.i18n import locale
from mediation.web.security import needs, needs_link, needs_visit

PROBLEMS = (Invalid, Refused, Stale, Denied, Missing)


@bp.route("/cases/<public_id>/agreement/sign", methods=["GET", "POST"])
@needs(Permission.VIEW_CASE)
def sign(public_id: str) -> ResponseReturnValue:
    """The fixed text with its signatures; the mediator, or a party at the desk's screen (`?party=`), signs here."""
    case = policy.case_for(reading(), current_actor(), public_id, Permission.VIEW_CASE)
    agreement = queries.current(reading(), case.id)
    if agreement is None or not agreement.canonical:
        return redirect(url_for("agreements.draft", public_id=public_id), 303)
    form, sent = SignForm(), False
    party = _party(case.id)
    if "send-code" in request.form:
        sent = code_sent(form, case.id, party)
    elif form.validate_on_submit():
        with form.shows(*PROBLEMS):
            signed(form, case.id, party)
            flash(_("Signed."), "success")
            return redirect(url_for("agreements.sign", public_id=public_id), 303)
    form.text_hash.data = agreement.text_hash
    page = render_template(
        "agreements/sign.html",
        form=form,
        confirm=ConfirmForm(formdata=None),
        sent=sent,
        party=party,
        case=disputes.case_panel(reading(), case.id, current_actor()),
        panel=queries.case_panel(reading(), case.id, current_actor()),
    )
    return page, 200 if request.method == "GET" or sent else 422


def _party(case_id: int) -> disputes.PartyRow | None:
    wanted = request.args.get("party", "")
    return next((row for row in disputes.parties(reading(), case_id) if row.public_id == wanted), None)


def _command(form: SignForm, case_id: int, party: disputes.PartyRow | None, image: bytes | None) -> service.Sign:
    return service.Sign(
        case_id=case_id,
        text_hash=form.text_hash.data or "",
        image=image,
        typed_name=form.typed_name.data or "",
        code=form.code.data or "",
        party_id=party.id if party is not None else None,
    )


def signed(form: SignForm, case_id: int, party: disputes.PartyRow | None) -> None:
    """Raises: as `service.sign`."""
    command = _command(form, case_id, party, form.image())
    with write() as session:
        service.sign(session, current_actor(), command, clock=clock())


def code_sent(form: SignForm, case_id: int, party: disputes.PartyRow | None) -> bool:
    """Whether it was sent; what was typed stays in the form."""
    with form.shows(*PROBLEMS, Limited), write() as session:
        command = _command(form, case_id, party, None)
        address = request.remote_addr or ""
        service.send_code(session, current_actor(), command, address=address, locale=locale(), clock=clock())
    return not form.problems


@bp.route("/kiosk/visit/sign", methods=["GET", "POST"])
@needs_visit
def station_sign() -> ResponseReturnValue:
    """A party reads and draws the name at a station's screen."""
    back = url_for("stations.visit")
    return _own_page("agreements/station_sign.html", back=back, done=back)


@bp.post("/cases/<public_id>/agreement/seal")
@needs(Permission.SEAL_AGREEMENT)
def seal(public_id: str) -> ResponseReturnValue:
    case = policy.case_for(reading(), current_actor(), public_id, Permission.SEAL_AGREEMENT)
    form = ConfirmForm()
    if form.validate_on_submit():
        with write() as session:
            service.seal(session, current_actor(), case.id, form.text_hash.data or "", clock=clock())
        flash(_("Sealed."), "success")
    return redirect(url_for("agreements.sign", public_id=public_id), 303)


@bp.route("/p/<token>/agreement", methods=["GET", "POST"])
@needs_link
def own(token: str) -> ResponseReturnValue:
    """A party reads and signs on the phone."""
    done = url_for("agreements.own", token=token)
    return _own_page("agreements/own.html", back=links.url_path(token), done=done, token=token)


def _own_page(template: str, *, back: str, done: str, **more: str) -> ResponseReturnValue:
    """`back`: where to go while there is nothing to sign; `done`: once signed."""
    case, party = policy.party_case(reading(), current_actor())
    row = queries.to_sign(reading(), current_actor())
    if row is None:
        return redirect(back, 303)
    form, sent = SignForm(), False
    if "send-code" in request.form:
        sent = code_sent(form, case.id, None)
    elif form.validate_on_submit():
        with form.shows(*PROBLEMS):
            signed(form, case.id, None)
            flash(_("You have signed. Thank you."), "success")
            return redirect(done, 303)
    form.text_hash.data = row.text_hash
    mine = next((signer for signer in row.signers if signer.party_id == party.id), None)
    page = render_template(template, form=form, sent=sent, row=row, mine=mine, **more)
    return page, 200 if request.method == "GET" or sent else 422
