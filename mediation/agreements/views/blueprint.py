"""The blueprint and the sentences of this capability's refusals."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from mediation.web import problems

bp = Blueprint("agreements", __name__)

_reload = _l("Reload the page to see how it stands.")

problems.sentences(
    {
        "agreement_incomplete": (
            _l("The agreement is not complete."),
            _l("Write the facts and at least one clause; no clause may be empty."),
        ),
        "one_side_only": (
            _l("An agreement needs both sides."),
            _l("Add the other party to the case first; each side signs."),
        ),
        "due_too_far": (_l("A last day of performance lies too far ahead."), _l("Check the year.")),
        "agreement_open": (
            _l("An agreement is being signed."),
            _l("Wait for the signatures, or take the text back first."),
        ),
        "text_is_fixed": (_l("The text is fixed and cannot be changed."), _l("Take it back to write another one.")),
        "text_changed": (_l("The text is not the one you read."), _l("Read it again, then sign.")),
        "signature_missing": (
            _l("There is no signature yet."),
            _l("Draw it in the box. Who cannot draw writes the full name and the code from the phone."),
        ),
        "code_needed": (
            _l("The code from the phone is missing."),
            _l("Press “Send me the code”, then write the six digits here."),
        ),
        "phone_missing": (
            _l("No phone number is known for this person."),
            _l("Draw the signature, or sign on paper at the desk."),
        ),
        "name_differs": (_l("This is not the name in the agreement."), _l("Write it exactly as it stands there.")),
        "signatures_missing": (_l("Not everybody has signed."), _reload),
        "too_many_clauses": (_l("At most %(n)s clauses."), _l("Put what belongs together into one.")),
        "obligor_unknown": (_l("One of these people is not a party."), _reload),
        "due_in_the_past": (_l("A last day of performance lies in the past."), _l("Choose a later day.")),
        "outcome_elsewhere": (
            _l("This outcome is not recorded here."),
            _l("A written agreement comes with its signatures, a referral with its letter."),
        ),
        "outcome_text_missing": (
            _l("It does not say what was agreed or why it ended."),
            _l("Write it as the law asks: content, manner and time, or the reason."),
        ),
        "parties_must_confirm": (
            _l("An oral agreement needs the parties' word."),
            _l("Read it to them and tick it when they agree."),
        ),
        "other_ways_untold": (
            _l("Without agreement the parties must be told of the other ways."),
            _l("Tell them of arbitration, administrative and court ways, and tick it."),
        ),
    }
)
