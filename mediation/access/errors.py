"""Refusals that must leave a trace although they refuse. Pure."""

from typing import ClassVar

from mediation.kernel.errors import Refused


class WrongAnswer(Refused):
    """A wrong one-time code: the try counts, so the transaction that refuses it is kept (`kernel.db.writing`)."""

    keeps: ClassVar[bool] = True
