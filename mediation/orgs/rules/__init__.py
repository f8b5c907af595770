"""Pure decisions about the tree and its calendar."""

from mediation.orgs.rules.tree import PARENTS_OF, TRACK_OF_KIND, OrgKind, OrgLevel, may_hang_below, track_of

__all__ = [
    "PARENTS_OF",
    "TRACK_OF_KIND",
    "OrgKind",
    "OrgLevel",
    "may_hang_below",
    "track_of",
]
