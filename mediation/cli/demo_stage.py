"""What the demo's cases are told with: the days before, who acts, and the steps that several stories share."""

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from mediation.access.queries import actor_by_username
from mediation.agreements import service as agreements
from mediation.agreements.service import NewClause
from mediation.disputes import service as disputes
from mediation.disputes.models import Case, Party
from mediation.disputes.rules.codes import AssignmentReason, PartyRole
from mediation.disputes.rules.life import CaseStep
from mediation.kernel.actor import Actor, ActorKind
from mediation.kernel.clock import CHINA, Clock, local_date
from mediation.orgs import queries as orgs
from mediation.people import queries as people
from mediation.scheduling import queries
from mediation.scheduling import service as scheduling
from mediation.scheduling.rules.hours import DAY_MINUTES, Span


@dataclass(frozen=True, slots=True)
class Stage:
    """The database and the moment at which the demo is loaded."""

    session: Session
    now: datetime

    def ago(self, days: int, hour: int, minute: int = 0) -> Clock:
        """A clock that stands at this time of a day before, in the district's zone."""
        day = local_date(self.now) - timedelta(days=days)
        at = datetime.combine(day, time(hour, minute), CHINA).astimezone(UTC)
        return lambda: at

    def staff(self, username: str) -> Actor:
        return actor_by_username(self.session, username)

    def mediator_id(self, username: str) -> int:
        row = people.mediator_of(self.session, self.staff(username).account_id)
        assert row is not None, username
        return row.id

    def community(self, name: str) -> str:
        return next(
            c.public_id for group in orgs.communities(self.session) for c in group.communities if c.name == name
        )

    def body(self, name: str) -> str:
        return next(row.public_id for row in orgs.bodies(self.session) if row.name == name)


def receive(stage: Stage, command: disputes.ReceiveCase, actor: Actor, clock: Clock) -> Case:
    return disputes.receive(stage.session, actor, command, clock=clock)


def take(
    stage: Stage,
    case: Case,
    mediator: str,
    reason: AssignmentReason,
    *,
    day: int,
    clerk: str = "shen",
    body: str = "",
) -> None:
    """The clerk accepts the case and asks the mediator, who says yes the same day."""
    accept = disputes.AcceptCase(case.id, body=stage.body(body) if body else "")
    disputes.accept(stage.session, stage.staff(clerk), accept, clock=stage.ago(day, 9, 10))
    ask = disputes.AssignMediator(case.id, stage.mediator_id(mediator), reason)
    disputes.assign(stage.session, stage.staff(clerk), ask, clock=stage.ago(day, 9, 20))
    answer = disputes.AnswerAssignment(case.id)
    disputes.answer_assignment(stage.session, stage.staff(mediator), answer, clock=stage.ago(day, 11, 0))


def both_wish_for(stage: Stage, case: Case, mediator: str, *, day: int, clerk: str = "shen") -> None:
    """Both sides told the clerk that they wish for the same mediator."""
    for role in (PartyRole.APPLICANT, PartyRole.RESPONDENT):
        wish = disputes.WishForMediator(case.id, party_of(case, role).id, stage.mediator_id(mediator))
        disputes.wish_for(stage.session, stage.staff(clerk), wish, clock=stage.ago(day, 19, 30))


def at_work(stage: Stage, mediator: str, begin: datetime, end: datetime) -> None:
    """The mediator adds this stretch to the hours of its days: it may be night, or a holiday."""
    mediator_id = stage.mediator_id(mediator)
    hours = queries.hours_of(stage.session, mediator_id, local_date(begin), local_date(end))
    for day, plan in hours.items():
        added = Span(max(_minute(day, begin), 0), min(_minute(day, end), DAY_MINUTES))
        if added.from_minute < added.to_minute:
            command = scheduling.SetDay(mediator_id, day, _with(plan.spans, added), "值班")
            scheduling.set_day(stage.session, stage.staff(mediator), command, clock=lambda: stage.now)


def _minute(day: date, at: datetime) -> int:
    """Minutes since the day began, in the district's zone; negative before, beyond DAY_MINUTES after it."""
    return (at - datetime.combine(day, time(), CHINA)) // timedelta(minutes=1)


def _with(spans: tuple[Span, ...], added: Span) -> tuple[Span, ...]:
    """The spans of a day and one more; those that it touches become one with it."""
    touched = [one for one in spans if one.from_minute <= added.to_minute and added.from_minute <= one.to_minute]
    whole = Span(min(one.from_minute for one in (added, *touched)), max(one.to_minute for one in (added, *touched)))
    return (*(one for one in spans if one not in touched), whole)


def fix_text(stage: Stage, case: Case, mediator: str, facts: str, clauses: tuple[NewClause, ...], *, day: int) -> str:
    """The mediation begins, and ends with a text to sign. Its fingerprint."""
    actor, session = stage.staff(mediator), stage.session
    disputes.move(session, actor, disputes.MoveCase(case.id, CaseStep.START), clock=stage.ago(day, 14, 0))
    draft = agreements.SaveDraft(case.id, facts, clauses)
    agreements.save_draft(session, actor, draft, clock=stage.ago(day, 14, 50))
    return agreements.fix(session, actor, case.id, clock=stage.ago(day, 15, 10)).text_hash or ""


def sign(stage: Stage, case: Case, text_hash: str, actor: Actor, clock: Clock) -> None:
    command = agreements.Sign(case.id, text_hash, image=_strokes())
    agreements.sign(stage.session, actor, command, clock=clock)


def party_of(case: Case, role: PartyRole) -> Party:
    return next(party for party in case.parties if party.role is role)


def as_party(case: Case, role: PartyRole) -> Actor:
    party = party_of(case, role)
    return Actor(kind=ActorKind.PARTY, name=party.person.name, party_id=party.id, case_id=case.id)


def _strokes() -> bytes:
    """A signature as a finger draws it on the screen: no name in particular."""
    picture = Image.new("RGB", (320, 120), "white")
    pen = ImageDraw.Draw(picture)
    pen.line([(30, 40), (110, 34), (70, 36), (66, 92), (40, 84)], fill="black", width=5, joint="curve")
    pen.line([(140, 30), (130, 90), (150, 60), (200, 52), (176, 96), (214, 88)], fill="black", width=5, joint="curve")
    pen.line([(236, 44), (290, 40), (262, 28), (260, 96), (236, 76), (296, 90)], fill="black", width=5, joint="curve")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
