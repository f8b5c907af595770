"""Code lists of the agreement. Pure."""

from mediation.kernel.codes import Code


class AgreementState(Code):
    DRAFT = "draft", "草拟中", "Being drafted"
    SIGNING = "signing", "待签名", "To be signed"
    EFFECTIVE = "effective", "已生效", "In effect"
    VOID = "void", "已作废", "Void"


class SignerRole(Code):
    PARTY = "party", "当事人", "Party"
    MEDIATOR = "mediator", "调解员", "Mediator"
    COMMITTEE = "committee", "调解委员会", "Mediation committee"


class Performance(Code):
    PENDING = "pending", "未到期", "Not yet due"
    PERFORMED = "performed", "已履行", "Performed"
    PERFORMING = "performing", "履行中", "Being performed"
    BREACHED = "breached", "未履行", "Not performed"


class Stance(Code):
    AGREE = "agree", "同意", "Agree"
    NOT = "not", "不同意", "Do not agree"
    ASK = "ask", "有疑问", "Have a question"
