"""The people of 桃溪社区: one story in tests, demo, screenshots and documentation.

Staff are those of `mediation.cli.demo_district`; here are the residents, who have no account. The region of their ID
numbers, 510199, is no real place.
"""

from dataclasses import dataclass
from typing import Final

PASSWORD: Final = "tiaohe-demo"
COMMUNITY: Final = "桃溪社区"
OTHER_COMMUNITY: Final = "望江社区"


@dataclass(frozen=True, slots=True)
class Resident:
    name: str
    phone: str
    id_number: str
    address: str


LUO: Final = Resident("罗桂兰", "", "510199194603120024", "桃花巷12号3单元2楼1号")
"""Grandma Luo, 80: has no phone; the desk and the station serve her."""
ZHAO: Final = Resident("赵晓明", "13800000001", "510199199607150012", "柳荫路35号2栋1单元502室")
"""A tenant whose landlord keeps the deposit."""
ZHOU: Final = Resident("周国强", "13800000002", "510199197102030032", "桃花巷8号1单元301室")
"""The landlord."""

QIN: Final = "qin"
"""Mediator of 桃溪社区."""
SHEN: Final = "shen"
"""Clerk of 桃溪社区."""
HU: Final = "hu"
"""Clerk of 望江社区: out of scope for cases of 桃溪社区."""
MA: Final = "ma"
"""Grid worker of 桃溪社区."""
WU: Final = "wu"
"""Head of 桃溪社区's committee; seals."""
HE: Final = "he"
"""Supervisor of 桃溪街道."""
GAO: Final = "gao"
"""Supervisor of the district."""
LIN: Final = "lin"
"""Judge."""
TANG: Final = "tang"
"""Court clerk."""
ZHENG: Final = "zheng"
"""Officer of 桃溪派出所."""
REN: Final = "ren"
"""Officer of the labour bureau."""
GUO: Final = "guo"
"""Administrator."""
