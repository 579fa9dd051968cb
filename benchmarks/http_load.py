"""Ask a server for one address over many connections at once, as long as wanted, and time each answer."""

import selectors
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles

CONNECTIONS = 50
# A connection that has waited for so many seconds waits for nothing.
PATIENCE = 60
END_OF_HEAD = b"\r\n\r\n"


@dataclass
class Asked:
    """What the rounds of one address gave: requests a second of each round, and the seconds of all answers."""

    rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return median(self.rates)

    @property
    def p50(self) -> float:
        return median(self.seconds)

    @property
    def p99(self) -> float:
        return quantiles(self.seconds, n=100)[-1]


class _Connection:
    """A connection that is kept, and the answer that comes over it."""

    def __init__(self, port: int, request: bytes, status: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request, self._status = request, status

    def ask(self) -> None:
        self._answer, self._length = b"", -1
        self.asked_at = time.perf_counter()
        self.socket.sendall(self._request)

    def is_answered(self) -> bool:
        """Read what has come. Raises RuntimeError where it is not the answer that is expected."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise RuntimeError("The server closed a connection.")
        self._answer += part
        if self._length < 0 and END_OF_HEAD in self._answer:
            head, _, _ = self._answer.partition(END_OF_HEAD)
            if int(head.split(b" ", 2)[1]) != self._status:
                raise RuntimeError(f"Not {self._status}: {head.decode()}")
            lines = (line.partition(b":") for line in head.lower().split(b"\r\n"))
            lengths = [int(value) for name, _, value in lines if name == b"content-length"]
            if not lengths and self._status != 304:
                raise RuntimeError(f"An answer without a length: {head.decode()}")
            self._length = len(head) + len(END_OF_HEAD) + (0 if self._status == 304 else lengths[0])
        return self._length == len(self._answer)


def ask(asked: Asked, port: int, path: str, seconds: float, headers: Mapping[str, str], status: int = 200) -> None:
    """Ask for ``path`` over all connections for so many ``seconds``, and add what was measured to ``asked``.

    Each connection asks again as soon as it has its answer. The answers to what was asked last count, too.
    """
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers.items())]
    request = "\r\n".join([*lines, "", ""]).encode()
    connections = [_Connection(port, request, status) for _ in range(CONNECTIONS)]
    taken: list[float] = []
    with selectors.DefaultSelector() as selector:
        began = time.perf_counter()
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask()
        waiting = len(connections)
        while waiting:
            ready = selector.select(PATIENCE)
            if not ready:
                raise RuntimeError(f"{path} has not been answered for {PATIENCE} s.")
            for key, _ in ready:
                if not key.data.is_answered():
                    continue
                now = time.perf_counter()
                taken.append(now - key.data.asked_at)
                if now - began < seconds:
                    key.data.ask()
                else:
                    waiting -= 1
        asked.rates.append(len(taken) / (time.perf_counter() - began))
    asked.seconds += taken
    for connection in connections:
        connection.socket.close()
