"""What a channel is. Its contract test runs over each of them."""

from dataclasses import dataclass
from typing import Protocol


class Undeliverable(Exception):
    """An address that will never take it: a wrong number, a mailbox that does not exist. Not tried again."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message on its way. `public_id` is the same each time it is tried."""

    public_id: str
    to: str
    subject: str
    body: str
    calendar: bytes | None = None


class Channel(Protocol):
    @property
    def name(self) -> str: ...

    def send(self, parcel: Parcel) -> None:
        """Carry it. Raises: Undeliverable for good; anything else means later."""
