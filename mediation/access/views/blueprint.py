"""The blueprint, and the sentences of what access refuses."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from mediation.web import problems

bp = Blueprint("access", __name__)

problems.sentences(
    {
        "link_unknown": (
            _l("This link does not open anything."),
            _l(
                "It may be incomplete, too old, or replaced by a newer one. "
                "Look for the latest message from us, or get your link again with your phone number."
            ),
        ),
        "code_wrong": (_l("This code is not right."), _l("Tries left: %(left)s. At none, ask for a new code.")),
        "code_locked": (_l("There were too many wrong codes."), _l("Ask for a new code and type that one.")),
        "code_expired": (_l("This code is not valid any more."), _l("Ask for a new code: one is valid for 5 minutes.")),
        "code_too_often": (
            _l("Too many codes were asked for."),
            _l("Please wait %(minutes)s minutes, or call us."),
        ),
        "sign_in_wrong": (
            _l("User name or password is not right."),
            _l("Check both and try again. After five wrong tries the name is locked for some minutes."),
        ),
        "sign_in_locked": (
            _l("There were too many tries."),
            _l("Please wait %(minutes)s minutes. If it was not you, tell your administrator."),
        ),
        "staff_only": (_l("This page is for staff."), _l("Sign in first.")),
        "session_unknown": (_l("This sign-in has ended already."), _l("Reload the page.")),
        "account_unknown": (_l("There is no such account."), _l("Choose one from the list.")),
        "username_taken": (_l("This user name is taken."), _l("Choose another one.")),
        "password_wrong": (_l("This is not your present password."), _l("Type it again.")),
        "password_same": (_l("This is your present password."), _l("Choose another one.")),
        "password_short": (_l("This password is too short."), _l("Take at least %(least)s characters.")),
        "password_long": (_l("This password is too long."), _l("Take at most %(most)s characters.")),
        "password_has_name": (_l("This password contains your user name."), _l("Choose another one.")),
        "role_not_here": (_l("Nobody can hold this role at this place."), _l("Choose another place.")),
    }
)
