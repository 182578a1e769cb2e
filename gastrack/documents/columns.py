"""What the columns of readings and of hours at rest mean; units from the quantities themselves."""

from __future__ import annotations

from shared.domain.analysis import CHARACTERISTICS
from shared.domain.physics.components import COMPONENTS
from shared.domain.quantities import QUANTITIES
from shared.domain.reading import MEASURES, Provenance, Quality, Validity
from shared.domain.rules.catalogue import IN_CONTEXT

_QUANTITY_WORDS = {
    name: f"`{quantity.field}` in 1/{quantity.scale:,}" for name, quantity in zip(MEASURES, QUANTITIES, strict=True)
}
_QUALITY = ", ".join(f"{quality.value} {quality.name}" for quality in Quality)
_VALIDITY = ", ".join(f"{validity.value} {validity.name}" for validity in Validity)
_PROVENANCE = "bits: " + ", ".join(f"{flag.value} {flag.name}" for flag in Provenance)
READING_WORDS = {
    "line": "which of `lines`",
    "hour": "start of the gas hour: hours since 1970 UTC",
    **_QUANTITY_WORDS,
    "quality": _QUALITY,
    "provenance": _PROVENANCE,
    "meter": "which of `meters`",
    "source": "which of `sources`",
    "place": "index of the reading in its source record",
}
ANALYSIS_WORDS = {
    "hour": "start of the gas hour: hours since 1970 UTC",
    "place": "index of the analysis in its source record",
    "shares": f"millionths of the whole of {', '.join(COMPONENTS)}; -2^31 for what was not reported",
    **{name: f"`{quantity.field}` in 1/{quantity.scale:,}" for name, quantity in CHARACTERISTICS.items()},
    "revision": "1 for the first accepted analysis of the hour, one more for each correction; 0: nothing known",
    "doubt": "id of the rule of severity F that keeps it from being applied; empty for none",
    "sent": "when the sender sent it, ms since 1970 UTC; a later repetition moves it on",
    "known_at": "when it became known: the line log's time, ms since 1970 UTC",
    "offset": "offset in the topic `analyses`",
}
HOUR_WORDS = {
    "revision": "1 for the first accepted value, one more for each change of a value or of the quality",
    "validity": _VALIDITY,
    "quality": _QUALITY,
    "provenance": _PROVENANCE,
    **_QUANTITY_WORDS,
    "sent": "when the sender sent it, ms since 1970 UTC; a later repetition moves it on",
    "known_at": "when it became known: the line log's time, ms since 1970 UTC",
    "log_offset": "offset in the partition of the line log",
    "source_topic": "which of `SOURCES` in `shared/events/topics.py`",
    "source_partition": "partition of the source record",
    "source_offset": "offset of the source record",
    "source_place": "index of the reading in its source record",
    "meter": "mark of the meter's name, 0 for none: it tells whether the meter is another one",
    "found": f"bit i: {', '.join(f'{place} {rule.card.id}' for place, rule in enumerate(IN_CONTEXT))} found something",
    "method": "by which an hour was estimated (`M0` to `M8`), empty for none",
    "failed": "id of the rule that failed first (severity F), or for which the hour was estimated; empty for none",
    "gas": "how the gas was found from which energy and calorific value follow: 0 they were sent or are not known, "
    "1 analysis, 2 held, 3 another chromatograph's, 4 mean of the month, 5 contract",
    "chromatograph": "its place, from 1, among all that were ever named for the line; 0 none",
    "analysed": "hour number of its analysis",
}
