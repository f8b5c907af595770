"""The roads by which a message leaves, behind one Protocol."""

from collections.abc import Mapping

from mediation.notices.catalogue import ChannelKind
from mediation.notices.channels.contract import Channel, Parcel, Undeliverable
from mediation.notices.channels.inapp import Kept
from mediation.notices.channels.mail import Smtp
from mediation.notices.channels.sms import Gateway
from mediation.settings import Settings

__all__ = ["Channel", "Channels", "Kept", "Parcel", "Undeliverable", "choose"]

Channels = Mapping[ChannelKind, Channel]


def choose(settings: Settings) -> Channels:
    """SMTP and the SMS gateway when they are set; else messages stay where staff can see them."""
    return {
        ChannelKind.MAIL: Smtp(settings.smtp_url, settings.mail_from) if settings.smtp_url else Kept(),
        ChannelKind.SMS: Gateway(settings.sms_url, settings.sms_secret) if settings.sms_url else Kept(),
    }
