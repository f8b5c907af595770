"""Reading a browser's offer and writing our answer (RFC 8829, RFC 8839, RFC 8842). We are ICE-lite and DTLS passive.

The answer takes Opus and VP8, one connection for everything (BUNDLE), and neither the mid extension nor RTX nor
transport-wide feedback: a slot is told by its SSRC, what was lost is sent again in the same stream.
"""

from dataclasses import dataclass
from typing import Final

from aiortc.sdp import MediaDescription, SessionDescription

from mediation.live.engines.contract import BadOffer

ABS_SEND_TIME: Final = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
AUDIO_LEVEL: Final = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
MAX_MEDIA: Final = 2 + 2 * 15
FEEDBACK: Final = ("nack", "nack pli", "ccm fir", "goog-remb")


@dataclass(frozen=True, slots=True)
class OfferedMedia:
    """One m-line of the offer."""

    mid: str
    video: bool
    sends: bool
    """The browser sends here; else it receives: a slot."""
    payload_type: int
    profile: str
    ssrcs: frozenset[int]
    abs_send_time: int
    """Id of the header extension, 0: not offered."""
    audio_level: int
    feedback: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    ufrag: str
    pwd: str
    fingerprints: tuple[tuple[str, str], ...]
    media: tuple[OfferedMedia, ...]

    @property
    def own(self) -> tuple[OfferedMedia, ...]:
        return tuple(media for media in self.media if media.sends)

    @property
    def slots(self) -> tuple[tuple[OfferedMedia, OfferedMedia], ...]:
        """The receiving pairs in their order: sound and picture."""
        received = [media for media in self.media if not media.sends]
        return tuple(zip(received[::2], received[1::2], strict=False))


def read(text: str) -> Offer:
    """Raises: BadOffer."""
    try:
        session = SessionDescription.parse(text)
        return _offer(session)
    except BadOffer:
        raise
    except Exception as error:  # aiortc's parser raises whatever a hostile text makes it raise
        raise BadOffer(type(error).__name__) from error


def _offer(session: SessionDescription) -> Offer:
    if not session.media:
        raise BadOffer("no media")
    if len(session.media) > MAX_MEDIA:
        raise BadOffer("too many media")
    first = session.media[0]
    if first.ice is None or not first.ice.usernameFragment or not first.ice.password:
        raise BadOffer("no ICE credentials")
    if first.dtls is None or not first.dtls.fingerprints:
        raise BadOffer("no fingerprint")
    media = tuple(_media(one) for one in session.media)
    _check_order(media)
    return Offer(
        ufrag=first.ice.usernameFragment[:256],
        pwd=first.ice.password[:256],
        fingerprints=tuple((print_.algorithm, print_.value) for print_ in first.dtls.fingerprints),
        media=media,
    )


def _check_order(media: tuple[OfferedMedia, ...]) -> None:
    """Own sound, own picture, then pairs to receive (live.messages no. 3)."""
    kinds = [one.video for one in media]
    if kinds != [bool(n % 2) for n in range(len(media))] or len(media) % 2:
        raise BadOffer("order of media")
    if [one.sends for one in media] != [True, True] + [False] * (len(media) - 2):
        raise BadOffer("directions of media")
    if len({one.mid for one in media}) != len(media):
        raise BadOffer("same mid twice")


def _media(media: MediaDescription) -> OfferedMedia:
    if media.kind not in {"audio", "video"}:
        raise BadOffer("kind of media")
    name = "opus" if media.kind == "audio" else "vp8"
    codec = next((one for one in media.rtp.codecs if one.name.lower() == name), None)
    if codec is None or codec.payloadType is None:
        raise BadOffer(f"no {name}")
    ids = {one.uri: one.id for one in media.rtp.headerExtensions}
    offered = {f"{one.type} {one.parameter or ''}".strip() for one in codec.rtcpFeedback}
    return OfferedMedia(
        mid=media.rtp.muxId[:16],
        video=media.kind == "video",
        sends=media.direction in {"sendonly", "sendrecv"},
        payload_type=codec.payloadType,
        profile=media.profile,
        ssrcs=frozenset(one.ssrc for one in media.ssrc),
        abs_send_time=ids.get(ABS_SEND_TIME, 0),
        audio_level=ids.get(AUDIO_LEVEL, 0),
        feedback=tuple(kind for kind in FEEDBACK if kind in offered),
    )


@dataclass(frozen=True, slots=True)
class OurSide:
    """What we say of ourselves."""

    ufrag: str
    pwd: str
    fingerprint: str
    candidates: tuple[str, ...]
    """Lines without `a=`."""


def answer(offer: Offer, ours: OurSide, ssrcs: dict[str, int], session_id: int) -> str:
    """`ssrcs`: mid of a slot's stream -> the SSRC we send there."""
    mids = " ".join(media.mid for media in offer.media)
    lines = [
        "v=0",
        f"o=- {session_id} 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {mids}",
        "a=msid-semantic:WMS *",
    ]
    for index, media in enumerate(offer.media):
        lines += _answered(media, ours, ssrcs.get(media.mid), pair=(index - 2) // 2)
    return "\r\n".join(lines) + "\r\n"


def _answered(media: OfferedMedia, ours: OurSide, ssrc: int | None, *, pair: int) -> list[str]:
    kind, pt = ("video", media.payload_type) if media.video else ("audio", media.payload_type)
    lines = [
        f"m={kind} 9 {media.profile} {pt}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{media.mid}",
        "a=recvonly" if media.sends else "a=sendonly",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        f"a=ice-ufrag:{ours.ufrag}",
        f"a=ice-pwd:{ours.pwd}",
        "a=ice-options:ice2",
        f"a=fingerprint:sha-256 {ours.fingerprint}",
        "a=setup:passive",
        *(f"a={line}" for line in ours.candidates),
        "a=end-of-candidates",
        f"a=rtpmap:{pt} {'VP8/90000' if media.video else 'opus/48000/2'}",
        *(f"a=rtcp-fb:{pt} {kind}" for kind in media.feedback),
    ]
    if not media.video:
        lines.append(f"a=fmtp:{pt} minptime=10;useinbandfec=1")
        if media.audio_level and media.sends:
            lines.append(f"a=extmap:{media.audio_level} {AUDIO_LEVEL}")
    elif media.abs_send_time:
        lines.append(f"a=extmap:{media.abs_send_time} {ABS_SEND_TIME}")
    if ssrc is not None:
        lines += [f"a=msid:slot{pair} {kind}{pair}", f"a=ssrc:{ssrc} cname:slot{pair}"]
    return lines
