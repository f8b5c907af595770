"""Handing a case from one body or track to another. Pure."""

from typing import Final

from mediation.disputes.rules.codes import ReferralMode

HANDS_OVER: Final = frozenset({ReferralMode.TRANSFER, ReferralMode.ENTRUST})
"""The receiving body mediates; with the other two the sender keeps the case and is helped."""

NEEDS_CONSENT: Final = frozenset({ReferralMode.ENTRUST})
"""A court entrusts mediation only with the parties' consent (法释〔2021〕23号)."""


def refusal(mode: ReferralMode, *, parties_consent: bool, same_body: bool) -> str | None:
    """Why this referral cannot be sent, or None."""
    if same_body:
        return "refer_to_self"
    if mode in NEEDS_CONSENT and not parties_consent:
        return "consent_missing"
    return None
