"""Which body mediates a dispute on which track, and how grave it is. Pure."""

from typing import Final

from mediation.disputes.rules.codes import DisputeType, Risk, Track
from mediation.orgs.rules import OrgKind, track_of

COLLECTIVE_FROM: Final = 5
"""Five people or more on one side make a dispute collective (群体性; shared/DOMAIN.md section 6, practice)."""

AGENCIES: Final = {
    DisputeType.TRAFFIC: OrgKind.POLICE,
    DisputeType.LABOUR: OrgKind.LABOUR,
    DisputeType.WAGES_MIGRANT: OrgKind.LABOUR,
    DisputeType.PROPERTY_MGMT: OrgKind.HOUSING,
    DisputeType.HOUSE_HOMESTEAD: OrgKind.HOUSING,
    DisputeType.CONSUMER: OrgKind.MARKET,
    DisputeType.ECOMMERCE: OrgKind.MARKET,
}
"""The agency with the power over the matter (shared/DOMAIN.md section 4); other types have none here."""


def risk_of(people_on_one_side: int, declared: Risk = Risk.ORDINARY) -> Risk:
    """What the clerk declared, but at least collective when many stand on one side."""
    if declared is Risk.ORDINARY and people_on_one_side >= COLLECTIVE_FROM:
        return Risk.COLLECTIVE
    return declared


def suggested_bodies(dispute_type: DisputeType) -> tuple[OrgKind, ...]:
    """Kinds of body that could take it beside the committees, the likeliest first; the court always may."""
    agency = AGENCIES.get(dispute_type)
    return (agency, OrgKind.COURT) if agency is not None else (OrgKind.COURT,)


def track_for(kind: OrgKind) -> Track:
    """The track on which a body of this kind mediates."""
    return Track.of(track_of(kind))
