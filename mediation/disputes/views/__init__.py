"""Pages of the case's beginning: the resident's booking, the desk's registration, triage, parties and evidence."""

from mediation.disputes.views import intake, parties, register, triage, wishes
from mediation.disputes.views.blueprint import bp

__all__ = ["bp", "intake", "parties", "register", "triage", "wishes"]
