"""Why a reading was refused at the door: the closed list of reason codes that telegrams and files share.

Each code but DEFECT begins with the id of the rule that it breaks. `meaning` is the sentence that the reference prints;
what to do about one particular fault stands in the message that goes with it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """A closed list of codes; each member is written as its code and the sentence that says what it means."""

    meaning: str

    def __new__(cls, code: str, meaning: str) -> Self:
        """Make a member that is its code and carries its meaning."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member


class Reason(Code):
    """Reason codes of one reading."""

    A1_SCHEMA = "A1_SCHEMA", "What arrived does not have the documented form, or contradicts itself."
    A1_ENCODING = "A1_ENCODING", "The bytes are not text in the encoding that was announced."
    A1_ROW_LENGTH = "A1_ROW_LENGTH", "The row has more or fewer cells than the heading, or a quote is not closed."
    A1_ID = "A1_ID", "An id is missing, is not of the documented form, or is not the one that was expected."
    A1_TIME = "A1_TIME", "The moment cannot be read, or lies outside the years that are kept."
    A1_NUMBER = "A1_NUMBER", "A number is missing or is not written as a plain decimal number."
    A1_RANGE = "A1_RANGE", "The number lies outside what any line can send."
    A1_ENUM = "A1_ENUM", "The word is not one of the documented ones."
    A1_UNIT = "A1_UNIT", "The unit is not one of the documented ones."
    A1_PAIR = "A1_PAIR", "Rows that describe one hour together are incomplete or contradict each other."
    A1_REGISTER = "A1_REGISTER", "The value comes from a register that is not kept, such as injection."
    A4_ALIGNMENT = "A4_ALIGNMENT", "The moment does not start an hour, or the period is not one hour."
    A9_STATION = "A9_STATION", "The station or chromatograph is none that its sender delivers for."
    B4_AMBIGUOUS = "B4_AMBIGUOUS", "Local time without offset in the repeated October hour, and nothing tells which."
    B4_IMPOSSIBLE = "B4_IMPOSSIBLE", "Local time without offset in the hour that March leaves out."
    DEFECT = "DEFECT", "Our own code failed on it: nothing is wrong with what was sent, as far as we know."
