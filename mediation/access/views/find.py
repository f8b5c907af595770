"""Finding one's way back: phone number, code, and the links of one's cases."""

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from mediation.access.forms import CodeForm, PhoneForm
from mediation.access.service import codes, find, verified
from mediation.access.views.blueprint import bp
from mediation.access.views.identity import browser_address
from mediation.kernel.errors import Limited, Refused
from mediation.kernel.text import masked_phone
from mediation.web.db import clock, write
from mediation.web.i18n import locale
from mediation.web.security import open_to_all

_PURPOSE = "find"
_PHONE = "finding_phone"


@bp.route("/find", methods=["GET", "POST"])
@open_to_all
def find_case() -> ResponseReturnValue:
    """Ask for the phone and send a code. The answer is the same whether the phone is known or not."""
    form = PhoneForm()
    if form.validate_on_submit():
        phone = form.phone.data or ""
        with form.shows(Limited):
            _send(phone)
            session[_PHONE] = phone
            return redirect(url_for("access.find_code"), 303)
    return render_template("access/find.html", form=form), 200 if request.method == "GET" else 422


def _send(phone: str) -> None:
    with write() as database:
        codes.send_code(
            database, phone=phone, purpose=_PURPOSE, address=browser_address(), locale=locale(), clock=clock()
        )


@bp.route("/find/code", methods=["GET", "POST"])
@open_to_all
def find_code() -> ResponseReturnValue:
    phone = session.get(_PHONE)
    if not phone:
        return redirect(url_for("access.find_case"), 303)
    form = CodeForm()
    if form.validate_on_submit():
        with form.shows(Refused), write() as database:
            codes.check_code(database, phone=phone, purpose=_PURPOSE, code=form.code.data or "", clock=clock())
            verified.remember(session, phone, clock()())
            return redirect(url_for("access.found_cases"), 303)
    status = 200 if request.method == "GET" else 422
    return render_template("access/find_code.html", form=form, phone=masked_phone(phone)), status


@bp.get("/find/cases")
@open_to_all
def found_cases() -> ResponseReturnValue:
    phone = session.get(_PHONE)
    if not phone or not verified.is_verified(session, phone, clock()()):
        return redirect(url_for("access.find_case"), 303)
    with write() as database:
        found = find.links_of(database, phone, clock=clock())
    return render_template("access/found.html", found=found, phone=masked_phone(phone))
