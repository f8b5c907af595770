"""Refusals of scheduling that need a type of their own."""

from mediation.kernel.errors import Missing


class Gone(Missing):
    """It was here and its owner ended it: a phone stops asking (RFC 9110, 410)."""

    status = 410
