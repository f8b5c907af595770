"""How long a screen may be quiet, as the installation has set it."""

from dataclasses import dataclass
from datetime import timedelta

from mediation.stations.rules import Quiet


@dataclass(slots=True)
class _Installed:
    quiet: Quiet


_installed = _Installed(Quiet(timedelta(minutes=3), timedelta(minutes=15), timedelta(seconds=30)))


def install(quiet: Quiet) -> None:
    _installed.quiet = quiet


def quiet() -> Quiet:
    return _installed.quiet
