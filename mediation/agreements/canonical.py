"""The text that is signed. What is hashed is what is shown and what is printed: one text, made here."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mediation.kernel.text import money_capital

MONEY = 100


@dataclass(frozen=True, slots=True)
class PartyText:
    role: str
    name: str
    id_number: str
    address: str


@dataclass(frozen=True, slots=True)
class ClauseText:
    text: str
    obligor: str
    manner: str
    due_on: date | None
    amount_fen: int | None


@dataclass(frozen=True, slots=True)
class AgreementText:
    number: str
    case_number: str
    committee: str
    mediator: str
    parties: Sequence[PartyText]
    facts: str
    clauses: Sequence[ClauseText]
    n_copies: int


def write(content: AgreementText) -> str:
    """The agreement as plain text in Chinese (人民调解协议书, 司发通〔2010〕239号 no. 9)."""
    lines = ["人民调解协议书", f"编号：{content.number}", f"案号：{content.case_number}", ""]
    for party in content.parties:
        known = [party.name]
        known += [f"身份证号 {party.id_number}"] if party.id_number else []
        known += [f"住址 {party.address}"] if party.address else []
        lines.append(f"{party.role}：{'，'.join(known)}")
    lines += ["", "纠纷的主要事实、争议事项：", content.facts, "", "经调解，当事人自愿达成如下协议："]
    for index, clause in enumerate(content.clauses, start=1):
        lines.append(f"{index}. {clause.text}")
        lines += [f"   {line}" for line in _performance(clause)]
    lines += [
        "",
        f"本协议一式{content.n_copies}份，当事人各执一份，{content.committee}留存一份。",
        "本协议自各方当事人签名、调解员签名并加盖调解委员会印章之日起生效，具有法律约束力，当事人应当履行（《人民调解法》第二十九条、第三十一条）。",
        "当事人认为有必要的，可以自协议生效之日起三十日内共同向人民法院申请司法确认（《人民调解法》第三十三条）。",
        "",
        f"调解员：{content.mediator}",
        f"调解委员会：{content.committee}",
    ]
    return "\n".join(lines) + "\n"


def _performance(clause: ClauseText) -> list[str]:
    rows = []
    if clause.obligor:
        rows.append(f"履行义务人：{clause.obligor}")
    if clause.amount_fen is not None:
        rows.append(f"金额：{clause.amount_fen / MONEY:,.2f}元（{money_capital(clause.amount_fen)}）")
    if clause.manner:
        rows.append(f"履行方式：{clause.manner}")
    if clause.due_on is not None:
        rows.append(f"履行期限：{clause.due_on.year}年{clause.due_on.month}月{clause.due_on.day}日前（含当日）")
    return rows


def fingerprint(text: str) -> str:
    """SHA-256 of the text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def clause_fingerprint(
    text: str, manner: str, obligor_id: int | None, due_on: date | None, amount_fen: int | None
) -> str:
    """SHA-256 of one clause as it is shown: an answer to other words is no answer to these."""
    parts = [text, manner, str(obligor_id or ""), str(due_on or ""), str(amount_fen if amount_fen is not None else "")]
    return fingerprint("\x1f".join(parts))
