"""What the case does for others: it decides who may read its files, and finds the cases of a phone."""

from mediation.access.service import find
from mediation.disputes import policy, queries
from mediation.files import policy as files


def subscribe() -> None:
    files.decided_by(policy.may_read_file)
    find.found_by(queries.cases_of_phone)
