"""Public holidays: what is known, and next year's notice pasted, read, looked at and applied."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from mediation.access.permissions import Permission
from mediation.kernel.clock import local_date
from mediation.kernel.errors import Denied, Invalid
from mediation.orgs import queries as orgs
from mediation.orgs import service as org_service
from mediation.orgs.rules import OrgLevel, notice
from mediation.orgs.rules.notice import LONGEST, Reading
from mediation.orgs.service import ApplyNotice
from mediation.orgs.workdays import holiday_name
from mediation.scheduling import policy, queries, service
from mediation.scheduling.forms import NoticeForm
from mediation.scheduling.queries import BookingRow
from mediation.scheduling.views.blueprint import bp
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.i18n import locale
from mediation.web.security import needs


@bp.app_template_filter("holiday")
def holiday(label: str) -> str:
    """A public holiday's name in the reader's language."""
    return holiday_name(label, locale())


@bp.get("/opening/holidays")
@needs(Permission.MANAGE_OPENING)
def holidays() -> ResponseReturnValue:
    """The special days of the years that are known."""
    return _page(NoticeForm(formdata=None, data={"year": orgs.known_until(reading()).year + 1}))


def _page(form: NoticeForm) -> str:
    known, this = orgs.known_until(reading()), local_date(clock()()).year
    return render_template(
        "scheduling/holidays.html",
        form=form,
        known=known,
        years=[(year, orgs.special_days(reading(), year)) for year in range(this, known.year + 1)],
        may=_keeps_the_calendar(),
    )


def _keeps_the_calendar() -> bool:
    """Holidays close every house: for those whose place is the whole district."""
    roots = orgs.tree(reading(), levels=(OrgLevel.DISTRICT,))
    return bool(roots) and all(policy.may_open_and_close(current_actor(), root.path) for root in roots)


@bp.post("/opening/holidays")
@needs(Permission.MANAGE_OPENING)
def holidays_sent() -> ResponseReturnValue:
    """First every line as it was read and the bookings that would no longer stand; then, pressed again, it is applied.

    Raises: Denied `not_kept_by_you`.
    """
    if not _keeps_the_calendar():
        raise Denied("not_kept_by_you")
    form = NoticeForm()
    if not form.validate_on_submit():
        return _page(form), 422
    text = _text(form)
    year = notice.year_of(text) or form.year.data or 0
    this = local_date(clock()()).year
    if not text.strip() or len(text) > LONGEST or year not in {this, this + 1}:
        form.show(Invalid("notice_empty" if not text.strip() else "notice_year", field="text"))
        return _page(form), 422
    read = notice.read(text, year)
    if request.form.get("do") != "apply" or not read.is_good:
        return _preview(form, text, read), 200 if read.is_good else 422
    with write() as session:
        org_service.apply_notice(session, current_actor(), ApplyNotice(year, text), clock=clock())
    flash(_("The holidays of %(year)d are known now.", year=year), "success")
    return redirect(url_for("scheduling.orphans"), 303)


def _text(form: NoticeForm) -> str:
    """What was pasted, else the file; Chinese text files are in one of two encodings."""
    files = [one for one in form.file.data or [] if getattr(one, "filename", "")]
    if form.text.data or not files:
        return form.text.data or ""
    raw = files[0].stream.read(LONGEST * 4 + 1)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return str(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return ""


def _preview(form: NoticeForm, text: str, read: Reading) -> str:
    lost: list[BookingRow] = []
    if read.is_good:
        days = {row.on: row.is_working for row in org_service.days_of_notice(read)}
        found = service.would_orphan(reading(), {**orgs.overrides(reading()), **days}, now=clock()())
        lost = [queries.booking_row(reading(), one.id) for one, _reason in found]
    count = ngettext(
        "%(num)s booking would no longer stand; the desk decides about it.",
        "%(num)s bookings would no longer stand; the desk decides about each.",
        len(lost),
    )
    return render_template(
        "scheduling/holidays_preview.html", form=form, text=text, read=read, lost=lost, count=count if lost else ""
    )
