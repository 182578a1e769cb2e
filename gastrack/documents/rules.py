"""docs/rules.md: the catalogue by which readings are judged."""

from __future__ import annotations

from gastrack.documents.markdown import row
from shared.domain.deadlines import CLOSE_WORKING_DAY, CLOSING_SETTINGS
from shared.domain.estimation import Method
from shared.domain.promises import PROMPT_MINUTES, PROMPT_SETTINGS
from shared.domain.rules.catalogue import CARDS, RULES_VERSION
from shared.domain.rules.rule import Card, Severity

_RULES_HEAD = """# The rules by which readings are judged

Generated from the rules themselves by `python -m gastrack.documents`; do not edit. Rules version: {version}.

A formula says what holds of a good reading. Validation judges each reading by itself; the rules in context, which look
back over the hours of the line as they stand, are judged by aggregation, after each record of the line log. What these
find may concern earlier hours: a status never goes back for it, but the finding keeps the month from closing. Rules
on analyses are judged on what a chromatograph tells, those on gas on what an hour is given by it.

Every threshold and severity can be set in the register for a line from a gas day on, under the rule's id and its name:
`D7.relative`, `D7.severity` ({numbers}). Beside the rules: `close.working_day` = {working_day:g}, the working day of
the next month on which a month closes by itself (0: never), and `prompt.minutes` = {prompt_minutes:g}, within which a
teletransmitted hour is promised after its end: nothing depends on it but what punctuality tells.
[P] marks a default that we propose because no public source prescribes one.

| severity | meaning |
|---|---|
{severities}

| id | rule | formula | thresholds | severity | judged by | in words | seen in |
|---|---|---|---|---|---|---|---|
{rules}

## How missing hours are estimated
When the deadline of rule B2 has passed, the first of these methods that is possible for a gap estimates all its hours;
M5 only where a decision asks for it. An estimate rests on actual values that no finding keeps back, never on estimates;
where the meter's counter tells what passed during the gap, M1, M2 and M3 share out exactly that. Its calorific value is
the last one measured, for 24 hours, then the mean of 28 days weighted by volume; its energy follows from both. A
measured value replaces it, whenever it comes; both stay readable.

| method | in words | needs |
|---|---|---|
{methods}
"""

_SEVERITY_WORDS = {
    Severity.R: "dead letter with the rule's id; the hour stays MISSING",
    Severity.F: "stored, stays RECORDED, blocks the close until somebody decides",
    Severity.W: "stored and shown, does not block",
}


def rules() -> str:
    """Return the rule catalogue as Markdown: one row a rule, its docstring in words."""
    return _RULES_HEAD.format(
        version=RULES_VERSION,
        working_day=CLOSING_SETTINGS[CLOSE_WORKING_DAY],
        prompt_minutes=PROMPT_SETTINGS[PROMPT_MINUTES],
        numbers=", ".join(f"{severity.value} = {severity.name}" for severity in Severity),
        severities="\n".join(row(severity.name, words) for severity, words in _SEVERITY_WORDS.items()),
        rules="\n".join(_rule_row(card) for card in CARDS),
        methods="\n".join(row(method.value, method.words, method.needs) for method in Method),
    )


def _rule_row(card: Card) -> str:
    thresholds = ", ".join(f"{name} = {default:.6g}" for name, default in card.thresholds.items())
    severity = "" if card.severity is None else card.severity.name
    return row(card.id, card.title, card.formula, thresholds, severity, card.judged_by, card.words, card.source)
