"""Ask a Kafka broker whether it serves, in its own protocol and without a client library.

One Metadata request, version 1 (https://kafka.apache.org/protocol#The_Messages_Metadata). A broker answers as soon as
it listens, but lists itself only when the controller has let it in, and only then can clients work.
"""

import socket
import struct

METADATA, VERSION, CORRELATION, NO_CLIENT_ID, NO_TOPICS = 3, 1, 7, -1, 0
REQUEST_BODY = struct.pack(">hhihi", METADATA, VERSION, CORRELATION, NO_CLIENT_ID, NO_TOPICS)
REQUEST = struct.pack(">i", len(REQUEST_BODY)) + REQUEST_BODY
TIMEOUT_S = 2.0


def serves(host: str, port: int) -> bool:
    """Whether the broker there has joined its cluster and takes requests."""
    try:
        with socket.create_connection((host, port), TIMEOUT_S) as connection:
            connection.sendall(REQUEST)
            (length,) = struct.unpack(">i", _exactly(connection, 4))
            answer = _exactly(connection, length)
    except OSError:
        return False
    _correlation, brokers = struct.unpack_from(">ii", answer)
    return int(brokers) > 0


def _exactly(connection: socket.socket, count: int) -> bytes:
    received = b""
    while len(received) < count:
        block = connection.recv(count - len(received))
        if not block:
            raise ConnectionResetError("the broker closed the connection")
        received += block
    return received
