"""Every refusal that a person may meet.

Problem
├── Refused   a rule says no (409)
├── Invalid   what was given cannot be understood (422)
├── Denied    who acts may not (403)
├── Missing   not there, or not yours (404)
├── Taken     somebody else has the time or the thing (409)
├── Stale     somebody changed it meanwhile (409)
└── Limited   too often or too much (429)

A Problem carries a stable code; its sentence is found at the edge (web.problems, live.messages).
"""

from typing import ClassVar


class Problem(Exception):
    """A refusal with a stable `code`, the form `field` it belongs to, and the law it rests on."""

    status: ClassVar[int] = 400
    keeps: ClassVar[bool] = False
    """What was written before the refusal stays written: a try that must count. For very few; see access.errors."""

    def __init__(self, code: str, *, field: str | None = None, basis: str = "", **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.basis = basis
        self.params = params

    def __str__(self) -> str:
        return f"{type(self).__name__}({self.code})"


class Refused(Problem):
    status = 409


class Invalid(Problem):
    status = 422


class Denied(Problem):
    status = 403


class Missing(Problem):
    status = 404


class Taken(Problem):
    status = 409


class Stale(Problem):
    status = 409


class Limited(Problem):
    status = 429
