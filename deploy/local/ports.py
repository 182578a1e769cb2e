"""Free ports on the loopback interface, below the range from which the kernel takes outgoing ones."""

import atexit
import random
import socket
import sys

from deploy.local.errors import StartError

LOOPBACK = "127.0.0.1"
HIGHEST = 65_535
FIRST_PORT = 20_000
LAST_PORT = (
    32_767  # Linux hands out 32768 and above to outgoing connections, which would take a port between two starts
)
ATTEMPTS = 2_000
_claims: list[socket.socket] = []
"""A Unix socket for each port that this process gave away; the kernel closes them when it ends."""


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` of the loopback interface now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that are only fading do not count
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def claim(port: int) -> bool:
    """Whether `port` was not given away yet; from now on it is, until this process ends.

    A server listens only seconds after it was given its port. Who asks meanwhile, in this process or in another one on
    this machine, would find the port free; so a name says that it is taken. Without effect outside Linux.
    """
    if sys.platform != "linux":
        return True
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0gastrack-port-{port}")  # the zero: no file, the name lives as long as the socket
    except OSError:
        name.close()
        return False
    if not _claims:
        atexit.register(_give_back)
    _claims.append(name)
    return True


def _give_back() -> None:
    for name in _claims:
        name.close()


def free_ports(count: int) -> list[int]:
    """`count` different free ports that nobody else is given. Raises StartError if there are none.

    They are tried at random, so that two starts differ.
    """
    candidates = random.sample(range(FIRST_PORT, LAST_PORT + 1), ATTEMPTS)
    found: list[int] = []
    for port in candidates:
        if len(found) == count:
            break
        if is_free(port) and claim(port):
            found.append(port)
    if len(found) < count:
        raise StartError(
            f"No free port between {FIRST_PORT} and {LAST_PORT} on {LOOPBACK}; end programs that hold them."
        )
    return found


def require_free(port: int, another: str = "--port 8090") -> None:
    """Raise StartError, with an option that chooses `another`, if the port that the user asked for is taken."""
    if not is_free(port):
        raise StartError(
            f'Port {port} on {LOOPBACK} is taken; choose another, for instance make demo ARGS="{another}".'
        )
