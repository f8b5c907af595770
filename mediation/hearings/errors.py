"""Refusals that `live` answers by more than a sentence. Pure."""

from mediation.kernel.errors import Limited, Refused


class Elsewhere(Refused):
    """Another `live` process holds the hearing: whoever is connected here is sent there."""

    def __init__(self) -> None:
        super().__init__("hearing_elsewhere")


class Busy(Limited):
    """No `live` process takes a new hearing now, so that the running ones stay good."""

    def __init__(self) -> None:
        super().__init__("live_full")
