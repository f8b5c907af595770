"""Nothing leaves the machine: the message stays on the messages page, as on a developer's machine."""

from mediation.notices.channels.contract import Parcel


class Kept:
    name = "kept"

    def send(self, parcel: Parcel) -> None:
        """The row itself is what people see."""
