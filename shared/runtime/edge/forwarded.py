"""The certificate that the edge forwards: `x-forwarded-client-cert` in Envoy's form, one element, one certificate.

nginx is configured to send the same form. A second element, a second certificate or anything else that stands in the
header was not made by our edge: it is refused, not repaired.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from urllib.parse import unquote_to_bytes

from shared.runtime.edge.certificates import Shown, shown_in

MOST_BYTES = 16 * 1024
"""An RSA key of 16,384 bits in a certificate with long names takes some 6 kB, encoded 9."""
MOST_KEPT = 2_000
"""Headers that were read before: at some 2.5 kB each 5 MB. Programs that share a process are fewer."""
_VALUE = rb'(?:"[^"\\]*"|[^",;=\\\s]*)'
_PAIR = rb"(By|Hash|Cert|Subject|URI|DNS)=(" + _VALUE + rb")"
_ELEMENT = re.compile(_PAIR + rb"(?:;" + _PAIR + rb")*", re.IGNORECASE)
_PAIRS = re.compile(_PAIR, re.IGNORECASE)
_ENCODED = re.compile(rb'"(?:[A-Za-z0-9._~+/=-]|%[0-9A-Fa-f]{2})+"')


class Forwarded:
    """Reads the header; what it read lately it knows, because a client sends the same on every request."""

    def __init__(self, most_kept: int = MOST_KEPT) -> None:
        self._known: OrderedDict[bytes, Shown] = OrderedDict()
        self._most_kept = most_kept

    def shown(self, header: bytes) -> Shown:
        """Return what names the forwarded certificate.

        Raises:
            ValueError: the header does not have the one form that it can have.
        """
        known = self._known.get(header)
        if known is not None:
            self._known.move_to_end(header)
            return known
        read = shown_in(pem_in(header))
        self._known[header] = read
        if len(self._known) > self._most_kept:
            self._known.popitem(last=False)
        return read


def pem_in(header: bytes) -> bytes:
    """Return the PEM text that a header carries.

    Raises:
        ValueError: several elements or certificates, none, or another form.
    """
    if len(header) > MOST_BYTES or not _ELEMENT.fullmatch(header):
        raise ValueError("not one element of the documented form")
    told = [value for name, value in _PAIRS.findall(header) if name.lower() == b"cert"]
    if len(told) != 1 or not _ENCODED.fullmatch(told[0]):
        raise ValueError("not one certificate, url-encoded in quotes")
    return unquote_to_bytes(told[0][1:-1])
