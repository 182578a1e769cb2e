"""docs/reason-codes.md: every code with which something is refused, held or dead-lettered."""

from __future__ import annotations

from gastrack.documents.markdown import GENERATED, code, table
from services.ingest.files.refusal import RefusalCode
from shared.access.refusal import Refusal
from shared.domain.finding_words import HELD_WORDS
from shared.domain.physics.gas_error import GasReason
from shared.domain.reason import Reason

TOPOLOGY = {
    "FORM": "The document does not keep its schema; the position names the field.",
    "SETTING": "A threshold or severity that no rule has, or a value that it cannot take.",
    "UNKNOWN_STATION": "A line names a station that is not registered.",
    "STATION_CHANGED": "A line's station never changes: a move is a new line.",
    "NO_TERMS": "A new line does not say from which gas day it counts.",
    "ENDS_BEFORE_START": "A line or a composition ends before or on the gas day on which it begins.",
    "ENDS_OVER_VALUES": "The line would end over hours that hold values; told at the door, nothing was asked for.",
    "UNKNOWN_LINE": "A node or an attribution names a line that is not registered.",
    "UNKNOWN_NODE": "A node names a node that is not registered.",
    "OVERLAP": "A composition ends after the next one begins, or something is told twice.",
    "GAP": "A node would be made of nothing for some gas days, or of what is not there on them.",
    "CYCLE": "A node would hold itself, at once or through others.",
    "TOO_DEEP": "Nodes would hold nodes over too many levels.",
    "CLOSED": "This changes gas days of closed months: say why under `correction`.",
    "FLOOR_IN_MONTH": "The first gas day online does not begin a gas month.",
    "FLOOR_MOVES_BACK": "An earlier gas day than the one that is the first online: what has left does not come back.",
    "FLOOR_TOO_LATE": "Less than three years and the running month would stay online.",
    "CODE_TAKEN": "The code is another line's or node's on the same gas days, or another part's id.",
    "UNKNOWN_CHROMATOGRAPH": "An attribution names a chromatograph that is not registered.",
    "TOO_MANY": "More attributions than a line keeps, or more lines than a node may come to.",
    "CHECK_LINE": "The check meter is no other line of the same station.",
    "WEIGHT": "A weight, or the product of weights through nodes, is 0, has more than three places, or is too heavy.",
}
"""Why a change of the register is refused; as a whole, always."""
DECISIONS = {
    "UNKNOWN_LINE": "The line is not registered, or not the caller's.",
    "FUTURE": "The hour or month has not ended yet, as far as every source has been read.",
    "INACTIVE": "The line is not active in this hour or month.",
    "REVISION": "What the author saw is superseded: look again, then decide.",
    "VERSION": "The month has moved on since the author looked: look again, then decide.",
    "CLOSED": "The month is closed already; only a correction changes an hour of it.",
    "NOT_CLOSED": "The month is not closed: there is nothing to reopen.",
    "HOURS_MISSING": "Hours of the month are missing: deliver, estimate or accept them as missing; each is listed.",
    "HOURS_BLOCKED": "Open findings of severity F keep hours back: accept, correct or estimate them; each is listed.",
    "HOUR_MISSING": "One of these hours.",
    "HOUR_BLOCKED": "One of these hours.",
    "NOTHING_THERE": "The hour has no value that could be accepted.",
    "NOT_MISSING": "The hour has a value: it cannot be accepted as missing.",
    "NOT_PINNED": "The hour is not pinned.",
    "METHOD": "The named method cannot estimate these hours.",
    "SAME_PERSON": "A reopening needs a second person.",
}
"""Why a decision is refused; as a whole, always."""
ACCESS = {
    "PRIVATE_KEY": "A private key was sent: it is worthless now, make a new one.",
    "CERTIFICATE_UNREADABLE": "There is no certificate as PEM.",
    "CERTIFICATE_CHAIN": "No authority that is trusted here has issued the certificate, as far as it was sent.",
    "CERTIFICATE_KEY": "The kind or size of its key is not taken.",
    "CERTIFICATE_SIGNATURE": "It is signed by MD5 or SHA-1.",
    "CERTIFICATE_USAGE": "It is not for clients: an authority's, or for servers only.",
    "CERTIFICATE_EXPIRED": "It has expired, or has by now.",
    "CERTIFICATE_NOT_YET_VALID": "It is not valid yet.",
    "GATEWAY_NAME": "A gateway cannot have this id: a service of ours has it, or another gateway but for `.` and `_`.",
    "KEY_TAKEN": "The key is another client's, or was: each has its own.",
    "TOO_MANY_APPLICATIONS": "Enough applications with this certificate wait for a decision.",
    "TOO_MANY_DELEGATIONS": "The company passes on enough rights to the other one already.",
    "KEY_REVOKED": "The key was revoked, and does not come back.",
    "TWO_KEYS": "Two certificates are in use already.",
    "STATEMENT": "The statement of a renewal is not signed by an old key of the client, or says something else.",
    "STATE": "It is decided, revoked or ended already, or is not yet; look again.",
    "SAME_PERSON": "Review and confirmation need two people.",
    "FINGERPRINT": "The fingerprint is not that of the certificate's key.",
    "COMPANY_TAKEN": "The id is another company's.",
    "UNKNOWN_AGREEMENT": "The company has no agreement of this number.",
    "AGREEMENT_ENDED": "The agreement is over.",
    "UNKNOWN_LINE": "The line is not registered.",
    "UNKNOWN_NODE": "The node is not registered.",
    "SAME_COMPANY": "A company passes nothing on to itself.",
    "MORE_THAN_OWN": "More would be passed on than the company has of its own now.",
}
"""Why a change of the access register is refused; as a whole, always."""
REQUESTS = {
    "FORM": "The body does not keep its schema; the position names the field.",
    "A1_SCHEMA": "The body is no telegram, or has no hours: nothing was received.",
    "A9_UNKNOWN_LINE": "The line named with a file is not registered, or not the caller's: nothing was received.",
    "A9_STATION": "A telegram of a station or chromatograph that is not the caller's: nothing was received.",
    "CONTENT_TYPE": "The body is said to be of a kind that is not taken here.",
    "NO_FILE": "A form has no part `file`.",
    "BROKER_AWAY": "Kafka does not confirm: it may be taken yet. Try again; readings that come twice count once.",
    "EDGE": "The one address answers itself: a service is away, or the address cannot be read.",
    "STORE_AWAY": "MongoDB does not answer: try again.",
    "ENDING": "A process ended before it could answer; what was asked for may have been done: look, then ask again.",
    "NOT_BY_THE_EDGE": "The request did not come by the one address, or pretends to: a service answers its edge alone.",
    "FORWARDED_CERTIFICATE": "A header speaks of a certificate, and was not written by our edge.",
    "NO_CERTIFICATE": "Nobody says who asks: show the registered certificate, or a token that was given for it.",
    "INVALID_TOKEN": "The token has ended, is none of ours, or comes with another certificate than it was asked with.",
    "ROLE": "None of the caller's roles lets him do this; it says nothing of what is there.",
    "RIGHT_LOST": "The caller may do less than when he asked: what was under way has ended; also in an export.",
    "OTHER_SITE": "A browser says that another site's page asks for this: nothing is changed for it.",
    "TOO_MANY_REQUESTS": "More requests a minute than the client, or the address, may make.",
    "TRAIL_AWAY": "Who reads what cannot be recorded at the moment, so nobody reads: try again.",
    "TOO_LARGE": "The body is larger than its limit.",
    "NOT_FOUND": "Unknown, or not for this caller.",
    "CURSOR_EXPIRED": "What follows a cursor of the change feed is no longer kept: begin anew.",
    "TOO_MANY_STREAMS": "As many streams are open as there may be: try again, or ask `/v1/changes`.",
    "TOO_MANY_EXPORTS": "As many exports of the caller wait or run as may: wait for one, or remove one.",
    "IDEMPOTENCY_KEY": "The Idempotency-Key is no text of printable ASCII, or too long.",
    "IDEMPOTENCY_KEY_REUSED": "The Idempotency-Key was used for another body: take a new one.",
    "EXPORT_NOT_DONE": "There is no file of this export yet, or none ever will be; `state` tells.",
    "EXPORT_EXPIRED": "The file of this export is no longer kept: order it anew.",
    "EXPORT_WORKERS_DIED": "Workers died over this export as often as may be; in the export itself.",
    "EXPORT_GAVE_UP": "The file of this export could not be stored; in the export itself.",
    "EXPORT_GONE": "The export of a delivery was removed, or has expired; in the delivery.",
    "SCHEDULE_PERIOD": "A period where the schedule makes it, or none where it waits for changes in it.",
    "SCHEDULE_GONE": "The schedule was removed before its delivery was taken; in the delivery.",
    "TOO_MANY_SCHEDULES": "As many schedules of the caller as may be: remove one.",
    "DELIVERY_NOT_READY": "The delivery is still being made.",
    "WEBHOOK_ADDRESS": "To this address no webhook goes: public ones by https only.",
    "SFTP_ADDRESS": "To this address no file goes, or no SFTP is offered here.",
    "SFTP_REFUSED": "The file could not be put there; in the delivery, which is tried again.",
    "WEBHOOK_GONE": "The receiver answered 410; in the schedule and its deliveries.",
    "WEBHOOK_REFUSED": "The receiver did not take it; in the delivery, which is tried again.",
    "RANGE": "The part that is asked for lies behind the end of the file.",
    "PENDING": "The outcome is not known yet: ask again in a moment.",
    "DEFECT": "Our own code failed on this request; it has been logged.",
    "LINE": "A line id is missing or is none.",
    "NODE": "A node id is missing or is none.",
    "TOO_MANY_LINES": "More lines and nodes than one file takes.",
    "TOO_MANY_ROWS": "More rows than a download at once gives: a job gives them.",
    "TOO_MANY_ROWS_FOR_XLSX": "More rows than a sheet of a spreadsheet holds: csv and parquet hold them.",
    "OUTSIDE_RIGHTS": "The period has gas days that the caller may not read; the message names those that he may.",
    "OUTSIDE_RETENTION": "The period begins before the first gas day that is kept online.",
    "FORMAT_NOT_INSTALLED": "The format is offered, but its writer is not installed here.",
    "DATE": "A gas day or month that cannot be read, or lies outside 1990 to 2099.",
    "PERIOD_BACKWARDS": "`to` does not lie after `from`; it is exclusive.",
    "PERIOD_TOO_LONG": "More rows than one answer gives.",
    "UNKNOWN_PARAMETER": "There is no parameter of this name.",
    "VIEW": "No such view.",
    "UNIT": "No such unit.",
    "REFERENCE": "No such reference conditions.",
    "FORMAT": "No such file format.",
    "DIALECT": "No such dialect of csv.",
    "LAYOUT": "Neither rows nor columns.",
    "COLUMNS": "A column that the view does not have; the message lists those that it has.",
    "SINCE": "A moment without offset, or in the future; of the change feed a cursor.",
    "KNOWN_AT": "A moment without offset, or in the future.",
    "START": "What names no hour: write its start as 2026-11-23T10:00:00Z, with an offset or Z.",
    "CURSOR": "No cursor from a next link of ours.",
    "SHOW": "The chart has no such measure.",
}
"""Issues of requests, as they stand in a problem answer."""
_HEAD = f"""# Reason codes

{GENERATED}
The lists are closed: programs may rely on them. Beside each code stand the position of the fault and a
sentence that says what to do.
"""


def reason_codes() -> str:
    """Return all codes as Markdown, by where one meets them."""
    sections = [
        _section("Readings refused at the door", _AT_THE_DOOR, {reason.value: reason.meaning for reason in Reason}),
        _section("Files refused as a whole", _FILES, {refusal.value: refusal.meaning for refusal in RefusalCode}),
        _section("Readings rejected behind the door", _BEHIND, {"DEFECT": _DEFECT}),
        _section("Readings held", _HELD, {reason.value: meaning for reason, meaning in HELD_WORDS.items()}),
        _section("Changes of the register refused", _TOPOLOGY, TOPOLOGY),
        _section("Decisions refused", _DECISIONS, DECISIONS),
        _section("Requests refused", _REQUESTS, REQUESTS),
        _section("Changes of the access register refused", _ACCESS, ACCESS),
        _section("Certificates not let in", _CERTIFICATES, {reason.value: reason.meaning for reason in Refusal}),
        _section("Gas properties that cannot be computed", _GAS, _gas_reasons()),
    ]
    return _HEAD + "".join(sections)


def _gas_reasons() -> dict[str, str]:
    return {reason.value: reason.meaning for reason in GasReason}


def _section(title: str, words: str, codes: dict[str, str]) -> str:
    rows = [(code(name), meaning) for name, meaning in codes.items()]
    return f"\n## {title}\n{words}\n\n{table(('code', 'meaning'), rows)}\n"


_AT_THE_DOOR = (
    "Dead letters written by ingest. The code begins with the id of the rule ([rules.md](rules.md));\n"
    "the hours beside the bad one are taken."
)
_FILES = "The answer is 422, nothing was received, and the ledger does not count it."
_BEHIND = (
    "Dead letters that validation judged: the reason is the id of the rule with severity R\n"
    "([rules.md](rules.md)), with what was observed and the threshold; or DEFECT. A reading on which one rule\n"
    "raises is not rejected: it has the finding `DEFECT:<rule>`, which keeps it back."
)
_DEFECT = "Our own code failed on this reading or record: it is set aside, the others go on, somebody must look."
_HELD = "The outcome `held`: the reading arrived well and did not change its hour. Its values stand in a finding."
_TOPOLOGY = "The whole change is refused; the decision keeps the issues."
_DECISIONS = (
    "409 where a decision conflicts with what stands now, else 422; the answer tells what stands. The decision\n"
    "keeps the issues (`GET /v1/decisions/{number}`)."
)
_ACCESS = (
    "409 where it conflicts with what stands now, 404 for what is unknown or another's, else 422\n"
    "([access.md](access.md))."
)
_CERTIFICATES = "Issues of a 403: the certificate is good, but opens nothing here at this moment."
_GAS = "Answers of `gastrack gas` and of the page of gas properties: a reason code, never a number."
_REQUESTS = (
    "Issues of an `application/problem+json` answer. A parameter of a wrong type has the type's own code in capitals."
)
