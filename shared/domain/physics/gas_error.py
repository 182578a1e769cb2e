"""Why a property of a gas cannot be computed: a code of a closed list, where the fault stands, and what to do."""

from __future__ import annotations

from shared.domain.reason import Code


class GasReason(Code):
    """Reason codes of the gas physics."""

    UNKNOWN_COMPONENT = "UNKNOWN_COMPONENT", "A component that the physics does not know, or not in this method."
    COMPOSITION_NUMBER = "COMPOSITION_NUMBER", "A share is no finite number, or is written twice."
    COMPOSITION_NEGATIVE = "COMPOSITION_NEGATIVE", "A share is negative."
    COMPOSITION_SUM = "COMPOSITION_SUM", "The shares are further than 0.5 mol % from 100."
    UNKNOWN_REFERENCE = "UNKNOWN_REFERENCE", "Reference conditions without sourced coefficients."
    UNKNOWN_METHOD = "UNKNOWN_METHOD", "No such method for a compression factor."
    MISSING_INPUT = "MISSING_INPUT", "The method needs an input that was not given, or is given one twice."
    NUMBER = "NUMBER", "A quantity is no finite number."
    OUT_OF_RANGE = "OUT_OF_RANGE", "State or gas lies outside the range of the method."
    NO_SOLUTION = "NO_SOLUTION", "The equation has no solution for this gas and state."
    IMPLAUSIBLE = "IMPLAUSIBLE", "The compression factor is not between 0.3 and 1.1: no gas of a grid has it."


class GasError(ValueError):
    """A property cannot be computed; its text says what to do."""

    def __init__(self, code: GasReason, position: str, message: str) -> None:
        super().__init__(f"{code.value} {position}: {message}")
        self.code, self.position, self.message = code, position, message
