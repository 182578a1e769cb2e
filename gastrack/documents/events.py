"""docs/events.md: what travels on Kafka, and the columns in which hours travel and rest."""

from __future__ import annotations

import inspect
from dataclasses import fields

import msgspec
import numpy as np

from gastrack.documents.columns import ANALYSIS_WORDS, HOUR_WORDS, READING_WORDS
from gastrack.documents.markdown import GENERATED, code, table
from shared.domain.analysis import KEPT_ANALYSIS
from shared.domain.reading import READING, Source
from shared.domain.revision import HOUR
from shared.events import access_read, answer, line_log
from shared.events.access_read import AccessRead, ReadingTold
from shared.events.acls import RELAY_TRANSACTIONS, Acl, Pattern, acls, gateway_acls
from shared.events.answer import Answer, FindingTold
from shared.events.codec import MAX_READINGS
from shared.events.line_log import Analysed, DecisionAsked, Recorded, Tick, TopologyAsked
from shared.events.operation import Operation
from shared.events.topics import MAX_GATEWAY_MESSAGE_BYTES, MAX_MESSAGE_BYTES, TOPICS, Party, Topic, gateway_topic

_DAY_MS = 24 * 3600 * 1000
_HEAD = f"""# Events

{GENERATED}
`N` is the number of partitions of the line log, fixed at install (`GASTRACK_PARTITIONS`).

## Topics
A record has at most {MAX_MESSAGE_BYTES:,} bytes. What our services write is acknowledged by all replicas, idempotent
and compressed with zstd. `telemetry` is keyed by station; all others are written to a partition by number,
`crc32(station) mod N`, `access.read` by `crc32(company) mod` its own number.

"""
_TELEMETRY = """

In `telemetry` stands either a telegram (JSON, see [telegram.schema.json](schemas/telegram.schema.json)) or, with the
headers `gastrack-file` (the receipt) and `gastrack-sent-ms`, a chunk of a file: msgpack with its heading, encoding,
line and rows, readable without the rest of the file. What a gateway of others delivered names it by the header
`gastrack-gateway`; `gastrack-own` is the station (in `analyses` the chromatograph) that was found to be that gateway's
when it was delivered or relayed. A record with the first whose station is not the second becomes dead letters of reason
`A9_STATION`, one a reading.

`telemetry.<gateway>` takes telegrams of one gateway of others, at most {most:,} bytes each; their keys and headers
count for nothing. The relay of ingest passes them on to `telemetry`, each once, in transactions (`{transactions}`).
So `telemetry` holds markers of transactions, which take offsets and are no records; whoever reads it reads committed.

## Who may do what
Kafka's access control lists, as `gastrack acls` prints them; nothing else is allowed. A principal is a user of this
name, a gateway one of its id. `telecontrol` are the grid's own stations, `command` is `gastrack replay` and
`gastrack doctor`.

{acls}
"""


_ANSWERS = """
## Validation's answers
`readings.validated`: msgpack, an array that begins with version {version}, then
{answer}.

{words}
A finding or rejection is an array of {finding}: which reading of the record, the
rule with its severity, and what was observed beside the threshold, in the rule's own unit.
"""
_TRAIL = """
## The trail
`access.read`: msgpack, an array of {told}, version {version}. {told_words}

Each of `readings` is an array of {reading}. {reading_words}
"""
_COLUMNS = """
## Readings as columns
At most {most:,} in a message: msgpack `[lines, meters, sources, count, columns]`. `columns` maps a name to its raw
little-endian values, one a reading; a column that is all default (0, or no value) is left out. In a quantity -2^63
stands for no value. A source is {source}.

{reading}

## Hours at rest
`line_days.h` is 23, 24 or 25 of these rows, packed; revision 0 means that nothing was ever accepted.

{hour}

## Analyses
A telegram of a chromatograph (JSON, see [analysis.schema.json](schemas/analysis.schema.json)) stands in `analyses`.
In the line log `analyses` is msgpack `[chromatograph, telegram, offset, sent_ms, known_at_ms, rows]`, with the columns
up to `wobbe` in each row; `analyses.a` of the store is 25 of the whole rows.

{analysis}
"""


def events() -> str:
    """Return topics, messages and columns as Markdown."""
    return f"{_HEAD}{_topics()}{_telemetry()}{_operations()}{_log()}{_answers()}{_trail()}{_columns()}"


def _topics() -> str:
    heading = ("topic", "written by", "read by", "partitions", "kept", "settings")
    return table(heading, [_topic(topic) for topic in (*TOPICS, gateway_topic(f"<{Party.GATEWAY}>"))])


def _telemetry() -> str:
    told = table(("principal", "may", "resource", "name", "pattern"), [_acl(acl) for acl in _acls()])
    return _TELEMETRY.format(most=MAX_GATEWAY_MESSAGE_BYTES, transactions=RELAY_TRANSACTIONS, acls=told)


def _acls() -> list[Acl]:
    """Return the permissions of services, and those of any gateway by the example of one."""
    example = gateway_acls("ID")
    return [
        *acls(),
        *(acl._replace(principal="<gateway>", name=acl.name.replace("ID", "<gateway>")) for acl in example),
    ]


def _acl(acl: Acl) -> tuple[str, ...]:
    name = f"{acl.name}*" if acl.pattern is Pattern.PREFIXED else acl.name
    return code(acl.principal), acl.operation.value, acl.resource.value, code(name), acl.pattern.value


def _topic(topic: Topic) -> tuple[str, ...]:
    kept = "for ever" if topic.retention_ms < 0 else f"{topic.retention_ms // _DAY_MS:,} days"
    settings = ", ".join(code(f"{name}={value}") for name, value in topic.settings.items())
    written, read = (", ".join(parties) for parties in (topic.writers, topic.readers))
    return code(topic.name), written, read, str(topic.partitions or "N"), kept, settings


def _operations() -> str:
    told = msgspec.structs.fields(Operation)
    names = ", ".join(code(field.name) for field in told)
    return f"\n## Operations\n{_words(Operation)} msgpack with the fields {names}.\n"


def _log() -> str:
    entries = [
        ("readings", Recorded),
        ("topology", TopologyAsked),
        ("decision", DecisionAsked),
        ("tick", Tick),
        ("analyses", Analysed),
    ]
    heading = ("kind", "body", "meaning")
    rows = [(code(kind), _fields(entry), _words(entry)) for kind, entry in entries]
    head = f"\n## The line log\n`readings.recorded`: msgpack `[version, kind, body]`, version {line_log.VERSION}.\n\n"
    return head + table(heading, rows) + "\n"


def _answers() -> str:
    return _ANSWERS.format(
        version=answer.VERSION, answer=_fields(Answer), words=_words(Answer), finding=_fields(FindingTold)
    )


def _trail() -> str:
    told, reading = (
        ", ".join(code(field.name) for field in msgspec.structs.fields(kind)) for kind in (AccessRead, ReadingTold)
    )
    return _TRAIL.format(
        told=told,
        version=access_read.VERSION,
        told_words=_words(AccessRead),
        reading=reading,
        reading_words=_words(ReadingTold),
    )


def _columns() -> str:
    return _COLUMNS.format(
        most=MAX_READINGS,
        source=_fields(Source),
        reading=_column_table(READING, READING_WORDS),
        hour=_column_table(HOUR, HOUR_WORDS),
        analysis=_column_table(KEPT_ANALYSIS, ANALYSIS_WORDS),
    )


def _column_table(columns: np.dtype[np.void], words: dict[str, str]) -> str:
    rows = [(code(name), str(columns[name]), words[name]) for name in columns.names or ()]
    return table(("column", "type", "meaning"), rows)


def _fields(kind: type) -> str:
    return ", ".join(code(field.name) for field in fields(kind))


def _words(kind: type) -> str:
    """Return a docstring as one paragraph."""
    return " ".join((inspect.getdoc(kind) or "").split())
