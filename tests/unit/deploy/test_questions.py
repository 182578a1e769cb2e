"""Asking servers: what counts as a yes when nobody, or somebody strange, answers."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.local import http_question, kafka_question, ports


@contextmanager
def answering(*blocks: bytes) -> Iterator[int]:
    """A listener that reads once, sends these blocks and hangs up; its port."""
    with socket.socket() as listener:
        listener.bind((ports.LOOPBACK, 0))
        listener.listen()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                for block in blocks:
                    connection.sendall(block)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def metadata(brokers: int) -> bytes:
    """The beginning of Kafka's answer: length, correlation, number of brokers."""
    return struct.pack(">iii", 8, 7, brokers)


def test_a_broker_that_was_let_in_serves() -> None:
    """It lists itself, in whatever pieces the answer comes."""
    with answering(metadata(1)[:6], metadata(1)[6:]) as port:
        assert kafka_question.serves(ports.LOOPBACK, port)


def test_a_broker_that_only_listens_does_not() -> None:
    """The controller has not let it in yet."""
    with answering(metadata(0)) as port:
        assert not kafka_question.serves(ports.LOOPBACK, port)


def test_who_hangs_up_does_not_serve() -> None:
    """Half an answer is none."""
    with answering(b"\0\0") as port:
        assert not kafka_question.serves(ports.LOOPBACK, port)


def test_nobody_is_there() -> None:
    """A port without a listener is a no, over both protocols."""
    port = ports.free_ports(1)[0]
    assert not kafka_question.serves(ports.LOOPBACK, port)
    assert not http_question.is_ok(f"http://127.0.0.1:{port}/health/ready")
    assert http_question.get_json(f"http://127.0.0.1:{port}/") is None


def test_an_answer_over_http() -> None:
    """200 is a yes and carries JSON; 503 is a no."""
    good = b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"a": 1}'
    with answering(good) as port:
        assert http_question.get_json(f"http://127.0.0.1:{port}/x?y=1") == {"a": 1}
    with answering(b"HTTP/1.1 503 Away\r\nContent-Length: 0\r\n\r\n") as port:
        assert not http_question.is_ok(f"http://127.0.0.1:{port}/")
    with answering(b"HTTP/1.1 503 Away\r\nContent-Length: 0\r\n\r\n") as port:
        assert http_question.get_json(f"http://127.0.0.1:{port}/") is None
