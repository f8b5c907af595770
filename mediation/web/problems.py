"""Problems become pages or JSON here and nowhere else. The sentence is found late, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from flask import Flask, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from mediation.kernel.errors import Problem

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is wrong, and what to do."""

    wrong: str
    todo: str

    def __str__(self) -> str:
        """Both sentences; Chinese marks carry their own space."""
        return f"{self.wrong}{'' if self.wrong.endswith(_FULL_WIDTH) else ' '}{self.todo}".strip()


_FULL_WIDTH = ("。", "！", "？")
_sentences: dict[str, tuple[object, object]] = {
    "not_allowed": (_l("You may not open this."), _l("If your work needs it, ask your administrator.")),
    "sign_in_first": (_l("You are not signed in."), _l("Sign in and try again.")),
    "not_found": (_l("This page is not here."), _l("Check the address, or start again from the home page.")),
    "form_expired": (
        _l("This page was open for too long."),
        _l("Go back, reload the page and send it again. What you typed is still there."),
    ),
    "too_large": (_l("What you sent is too large."), _l("Send at most 10 files of 20 MB each.")),
    "bad_request": (_l("The page could not understand what was sent."), _l("Go back and try again.")),
    "changed_meanwhile": (_l("Somebody changed this meanwhile."), _l("Reload the page to see what is new.")),
    "not_now": (_l("This step is not possible now."), _l("Reload the page to see which steps are.")),
    "too_often": (_l("That was too often."), _l("Please wait a little and try again.")),
    "broken": (
        _l("Something is wrong on our side."),
        _l("It has been noted. Please try again in a minute, or call us."),
    ),
}


def sentences(more: Mapping[str, tuple[object, object]]) -> None:
    """A capability adds the sentences of its codes: code -> (what is wrong, what to do), both lazy.

    Raises: ValueError where a code has its sentence already: the other capability's refusals would be told wrongly.
    """
    twice = _sentences.keys() & more.keys()
    if twice:
        raise ValueError(f"these codes have their sentences already: {sorted(twice)}")
    _sentences.update(more)


def sentence(problem: Problem) -> Sentence:
    """The sentence of a problem in the reader's language, with its parameters filled in."""
    wrong, todo = _sentences.get(problem.code) or _sentences["not_now"]
    return Sentence(str(wrong) % _Params(problem.params), str(todo) % _Params(problem.params))


class _Params(dict[str, object]):
    def __init__(self, params: Mapping[str, object]) -> None:
        super().__init__(params)

    def __missing__(self, key: str) -> str:
        return f"%({key})s"


def wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" or request.is_json


def render(problem: Problem) -> ResponseReturnValue:
    """Page or JSON, with the problem's status."""
    if wants_json():
        body = {"code": problem.code, "field": problem.field, "message": sentence(problem).wrong}
        return jsonify(problem=body), problem.status
    page = render_template("errors/problem.html", sentence=sentence(problem), problem=problem, status=problem.status)
    return page, problem.status


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400:  # noqa: PLR2004 - a redirect is not a problem
        return error
    code = {403: "not_allowed", 404: "not_found", 413: "too_large", 429: "too_often"}.get(error.code or 500)
    problem = Problem(code or "bad_request")
    if isinstance(error, RequestEntityTooLarge):
        problem = Problem("too_large")
    problem_status = error.code or 500
    if wants_json():
        return jsonify(problem={"code": problem.code, "message": sentence(problem).wrong}), problem_status
    allowed = getattr(error, "valid_methods", None)
    page = render_template("errors/problem.html", sentence=sentence(problem), problem=problem, status=problem_status)
    return (
        page,
        problem_status,
        {"Allow": ", ".join(allowed)} if allowed else {},
    )


def _unexpected(error: Exception) -> ResponseReturnValue:
    """The outer loop of a request: log with the traceback, answer without it."""
    if current_app.testing:
        raise error
    log.error("web.request_failed", exc_info=error, endpoint=request.endpoint, method=request.method)
    problem = Problem("broken")
    if wants_json():
        return jsonify(problem={"code": "broken"}), 500
    return render_template("errors/problem.html", sentence=sentence(problem), problem=problem, status=500), 500


def init_app(app: Flask) -> None:
    app.register_error_handler(Problem, render)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
