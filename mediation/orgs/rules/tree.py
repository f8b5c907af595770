"""Levels and kinds of the tree. Pure."""

from mediation.kernel.codes import Code


class OrgLevel(Code):
    DISTRICT = "district", "区", "District"
    STREET = "street", "街道", "Street"
    COMMUNITY = "community", "社区", "Community"
    GRID = "grid", "网格", "Grid"
    BODY = "body", "机构", "Body"
    """Courts, bureaus, committees: they hang below the district, street or community that they serve."""


class OrgKind(Code):
    AREA = "area", "行政区域", "Area"
    COURT = "court", "人民法院", "People's court"
    POLICE = "police", "派出所", "Police station"
    LABOUR = "labour", "人力资源和社会保障局", "Labour bureau"
    HOUSING = "housing", "住房和城乡建设局", "Housing bureau"
    MARKET = "market", "市场监督管理局", "Market supervision bureau"
    JUSTICE = "justice", "司法所", "Justice office"
    COMMITTEE_COMMUNITY = "committee_community", "社区人民调解委员会", "Community mediation committee"
    COMMITTEE_STREET = "committee_street", "街道人民调解委员会", "Street mediation committee"
    COMMITTEE_ENTERPRISE = "committee_enterprise", "企事业单位调解委员会", "Enterprise mediation committee"
    COMMITTEE_INDUSTRY = "committee_industry", "行业性调解委员会", "Industry mediation committee"
    COMMITTEE_PROFESSIONAL = "committee_professional", "专业性调解委员会", "Professional mediation committee"

    @property
    def is_committee(self) -> bool:
        return self.value.startswith("committee_")


TRACK_OF_KIND = {
    OrgKind.COURT: "judicial",
    OrgKind.POLICE: "administrative",
    OrgKind.LABOUR: "administrative",
    OrgKind.HOUSING: "administrative",
    OrgKind.MARKET: "administrative",
}
"""The track a body mediates on; committees and justice offices are on the people's track."""


def track_of(kind: OrgKind) -> str:
    return TRACK_OF_KIND.get(kind, "people")


PARENTS_OF: dict[OrgLevel, frozenset[OrgLevel | None]] = {
    OrgLevel.DISTRICT: frozenset({None}),
    OrgLevel.STREET: frozenset({OrgLevel.DISTRICT}),
    OrgLevel.COMMUNITY: frozenset({OrgLevel.STREET}),
    OrgLevel.GRID: frozenset({OrgLevel.COMMUNITY, OrgLevel.GRID}),
    OrgLevel.BODY: frozenset({OrgLevel.DISTRICT, OrgLevel.STREET, OrgLevel.COMMUNITY}),
}
"""Below what a node may hang; a level-2 grid hangs below a level-1 grid."""


def may_hang_below(level: OrgLevel, parent: OrgLevel | None) -> bool:
    return parent in PARENTS_OF[level]
