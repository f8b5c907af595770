"""Messages to people: write them with the fact, deliver them from the outbox."""

from mediation.notices.service.announce import REMIND, announce, remind
from mediation.notices.service.code import send_code
from mediation.notices.service.deliver import SEND, SEND_TRIES, carry, configure, forget_codes, sent

__all__ = [
    "REMIND",
    "SEND",
    "SEND_TRIES",
    "announce",
    "carry",
    "configure",
    "forget_codes",
    "remind",
    "send_code",
    "sent",
]
