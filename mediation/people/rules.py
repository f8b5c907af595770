"""Codes about persons. Pure."""

from mediation.kernel.codes import Code


class Sex(Code):
    FEMALE = "female", "女", "Female"
    MALE = "male", "男", "Male"


class PersonKind(Code):
    NATURAL = "natural", "自然人", "Person"
    ORGANISATION = "organisation", "单位", "Organisation"


class Need(Code):
    """Help that a person asks for; flows into the booking, the letter and the room."""

    INTERPRETER = "interpreter", "需要翻译（方言、手语或民族语言）", "Interpreter (dialect, sign or minority language)"
    LARGE_PRINT = "large_print", "大字版", "Large print"
    WHEELCHAIR = "wheelchair", "轮椅无障碍", "Step-free access"
    LENT_DEVICE = "lent_device", "借用手机或电脑", "A phone or computer to borrow"


class MediatorKind(Code):
    PEOPLE = "people", "人民调解员", "People's mediator"
    PROFESSIONAL = "professional", "专业调解员", "Professional mediator"
    LAWYER = "lawyer", "律师调解员", "Lawyer mediator"
    VOLUNTEER = "volunteer", "志愿调解员", "Volunteer mediator"
    OFFICER = "officer", "行政调解人员", "Administrative mediator"
    JUDGE = "judge", "法官", "Judge"
