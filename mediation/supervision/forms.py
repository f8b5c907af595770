"""Searching the cases."""

import re

from flask_babel import lazy_gettext as _l

from mediation.disputes.rules.codes import CaseState, DisputeType
from mediation.web.fields import CodeSelect, Text
from mediation.web.forms import Form


class CaseSearchForm(Form):
    text = Text(_l("Case number or phone"), most=40)
    state = CodeSelect(_l("State"), CaseState, blank=_l("All"))
    dispute_type = CodeSelect(_l("Kind of dispute"), DisputeType, blank=_l("All"))

    def phone_digits(self) -> str:
        """Eleven digits or more are a phone; a case number has letters or a dash after the year."""
        digits = re.sub(r"\s", "", self.text.data or "")
        return digits if re.fullmatch(r"1[3-9]\d{9}|0\d{9,11}", digits) else ""

    def number_prefix(self) -> str:
        return "" if self.phone_digits() or self.text.errors else (self.text.data or "").upper()
