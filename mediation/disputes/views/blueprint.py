"""The blueprint and the sentences of this capability's refusals."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from mediation.web import problems

bp = Blueprint("disputes", __name__)

_ask = _l("If you are not sure, ask your supervisor.")
_reload = _l("Reload the page to see what is new.")

problems.sentences(
    {
        "draft_unknown": (
            _l("What you began is not here any more."),
            _l("We keep it for three days, in the browser where you began. Please start again from the home page."),
        ),
        "draft_incomplete": (_l("Something is still missing."), _l("Go back one step and fill it in.")),
        "already_sent": (_l("This was sent already."), _l("Open your personal link to see it.")),
        "mobile_needed": (
            _l("A code can only be sent to a mobile number."),
            _l("Write a number of 11 digits that begins with 1. Without a mobile phone, please call us or come by."),
        ),
        "case_unknown": (
            _l("This case is not here."),
            _l("It may lie in another place's hands. Check the number, or ask your supervisor."),
        ),
        "not_your_place": (
            _l("This community does not belong to your place."),
            _l("Choose one of yours, or pass the matter to the colleagues there."),
        ),
        "other_side_missing": (
            _l("The other side is missing."),
            _l("Write the name of the person or company, as far as you know it."),
        ),
        "summary_missing": (_l("It does not say what happened."), _l("Write a few words about it.")),
        "party_already": (
            _l("This person already takes part in the case."),
            _l("Check the name and the phone: the two sides must be different people."),
        ),
        "party_unknown": (_l("This person does not take part in the case."), _reload),
        "too_many_parties": (
            _l("A case holds at most %(n)s people."),
            _l("Larger groups choose representatives."),
        ),
        "represents_missing": (_l("A representative stands for somebody."), _l("Choose for whom.")),
        "party_refuses": (
            _l("A party has expressly refused mediation."),
            _l("Mediation is voluntary. End the case and tell the parties of the other ways."),
        ),
        "mediator_not_ready": (
            _l("No mediator has taken this case yet."),
            _l("Assign one, and let them accept first."),
        ),
        "mediator_unsuited": (
            _l("This mediator cannot take the case."),
            _l(
                "They declined it, are tied to a party, or do not serve this place and kind of dispute. Choose another."
            ),
        ),
        "parties_chose": (
            _l("The parties chose %(name)s together."),
            _l("Ask that mediator first. For another one choose “Other” as the reason and say why in your words."),
        ),
        "no_joint_choice": (
            _l("Both sides have not chosen this mediator."),
            _l("Note first what each side told you, or choose another reason."),
        ),
        "not_least_loaded": (
            _l("%(name)s has fewer cases for their share of work."),
            _l("Ask that mediator, or choose another reason."),
        ),
        "assign_why_missing": (_l("The reason is missing."), _l("Write in your words why it is this mediator.")),
        "only_the_sides": (
            _l("Only the two sides and their representatives choose the mediator."),
            _l("Choose one of them."),
        ),
        "wish_unknown": (_l("This wish is not there any more."), _reload),
        "recusal_ground_missing": (
            _l("Without a ground nobody can decide on it."),
            _l("Choose what ties the mediator to a party."),
        ),
        "recusal_words_missing": (_l("It does not say what the relation is."), _l("Write it in a few words.")),
        "recusal_why_missing": (_l("The reason is missing."), _l("Write the reason. The party reads it.")),
        "recusal_decided": (_l("This recusal was decided already."), _reload),
        "relation_why_missing": (
            _l("The reason is missing."),
            _l("Write what the relation is and how you know of it."),
        ),
        "only_the_mediator": (_l("Only the mediator who was asked can answer."), _reload),
        "only_the_applicant": (_l("Only the applicant can take the application back."), _ask),
        "body_unsuited": (_l("This body cannot take the case."), _l("Choose one from the list.")),
        "reason_missing": (_l("The reason is missing."), _l("Write it in words that the applicant understands.")),
        "refer_to_self": (_l("This body already has the case."), _l("Choose another one.")),
        "referral_open": (_l("A referral of this case still waits for its answer."), _reload),
        "returned_twice": (
            _l("This case was returned twice already."),
            _l("Keep it until the supervisor decides who handles it."),
        ),
        "consent_missing": (_l("This needs the parties' consent."), _l("Ask them, tick it, and send again.")),
        "never_accepted": (_l("This case was never accepted."), _reload),
        "extension_range": (
            _l("The new last day does not fit."),
            _l("It lies after the first 30 days and within %(days)s days of acceptance."),
        ),
    }
)
