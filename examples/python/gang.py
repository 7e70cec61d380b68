"""The gang contract for Python, with the standard library alone.

Rank 0 serves at MASTER_ADDR:MASTER_PORT; the others connect to it, in whatever order the members
start. Members then make the same calls in the same order, and every sum is made in the order of
ranks, so that all members have the same bits. When one is lost, the others raise PeerLost.

Over rank 0 everything passes twice, which is fine for small messages; for large ones a ring is
better (see ../digits-ddp/ring.mjs).
"""

import json
import os
import socket
import struct
import time

HEADER = struct.Struct("!I")
LARGEST_MESSAGE = 64 * 2**20
RETRY_SECONDS = 0.1
SILENCE_SECONDS = 60.0


class PeerLost(Exception):
    """A member is gone, and the gang can't go on without it."""

    def __init__(self, rank, detail):
        super().__init__(f"lost rank {rank}: {detail}")
        self.rank = rank


class RendezvousFailed(Exception):
    """The gang did not come together in time."""


class Gang:
    """This member's place and its connections. Use it as a context manager."""

    def __init__(self, rank, world, peers):
        self.rank = rank
        self.world = world
        self._peers = peers  # rank 0: one socket for each other rank; elsewhere: rank 0's

    @classmethod
    def join(cls, env=os.environ, timeout=60.0):
        """Brings the gang together. Alone (rank 0 of 1) when the environment says nothing.

        Raises RendezvousFailed after `timeout` seconds, naming who did not come.
        """
        rank, world = int(env.get("RANK", 0)), int(env.get("WORLD_SIZE", 1))
        if not 0 <= rank < world:
            raise ValueError(f"RANK {rank} is not in a gang of {world}")
        address = (env.get("MASTER_ADDR", "127.0.0.1"), int(env.get("MASTER_PORT", 29500)))
        deadline = time.monotonic() + timeout
        if world == 1:
            return cls(rank, world, {})
        peers = _serve(address, world, deadline) if rank == 0 else _call(address, rank, deadline)
        gang = cls(rank, world, peers)
        gang.gather(None)
        return gang

    def gather(self, own):
        """What each member says (anything JSON has), by rank; the same list on every member."""
        if self.rank != 0:
            self._send(0, own)
            return self._receive(0)
        said = [own] + [self._receive(rank) for rank in range(1, self.world)]
        for rank in self._peers:
            self._send(rank, said)
        return said

    def all_reduce(self, vector):
        """The sum of all members' vectors, which are equally long lists of floats."""
        return [sum(elements) for elements in zip(*self.gather(vector))]

    def close(self):
        for peer in self._peers.values():
            peer.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _send(self, rank, message):
        try:
            _write(self._peers[rank], {"message": message})
        except OSError as error:
            self._tell_others(rank)
            raise PeerLost(rank, error) from error

    def _receive(self, rank):
        try:
            frame = _read(self._peers[rank])
        except (OSError, EOFError) as error:
            self._tell_others(rank)
            raise PeerLost(rank, error) from error
        if "lost" in frame:
            raise PeerLost(frame["lost"], f"rank {rank} says so")
        return frame["message"]

    def _tell_others(self, lost):
        """The others must name who was really lost, not rank 0, which stops because of it."""
        for rank, peer in self._peers.items():
            if rank == lost:
                continue
            try:
                _write(peer, {"lost": lost})
            except OSError:
                pass  # then it is gone too


def _serve(address, world, deadline):
    host = address[0] if address[0] in ("localhost", "127.0.0.1") else ""
    peers = {}
    with socket.create_server((host, address[1]), backlog=world) as server:
        while len(peers) < world - 1:
            missing = [rank for rank in range(1, world) if rank not in peers]
            server.settimeout(_left(deadline, f"rank {missing} of {world} did not come"))
            try:
                connection = server.accept()[0]
            except socket.timeout:
                continue
            rank = _greet(connection, missing)
            if rank is not None:
                peers[rank] = connection
    return peers


def _greet(connection, missing):
    """The visitor's rank; a stranger is turned away."""
    connection.settimeout(1.0)
    try:
        rank = _read(connection)["rank"]
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        rank = None
    if rank not in missing:
        connection.close()
        return None
    _prepare(connection)
    return rank


def _call(address, rank, deadline):
    last = "no answer"
    while True:
        left = _left(deadline, f"rank 0 can't be reached at {address[0]}:{address[1]} ({last})")
        try:
            connection = socket.create_connection(address, timeout=min(left, 3.0))
        except OSError as error:
            last = error
            time.sleep(RETRY_SECONDS)
            continue
        _prepare(connection)
        _write(connection, {"rank": rank})
        return {0: connection}


def _left(deadline, missing):
    left = deadline - time.monotonic()
    if left <= 0:
        raise RendezvousFailed(f"no gang: {missing}")
    return left


def _prepare(connection):
    connection.settimeout(SILENCE_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _write(connection, message):
    body = json.dumps(message).encode()
    connection.sendall(HEADER.pack(len(body)) + body)


def _read(connection):
    (length,) = HEADER.unpack(_read_exactly(connection, HEADER.size))
    if length > LARGEST_MESSAGE:
        raise EOFError(f"it announced {length} bytes")
    return json.loads(_read_exactly(connection, length))


def _read_exactly(connection, length):
    parts = []
    while length > 0:
        part = connection.recv(min(length, 65536))
        if not part:
            raise EOFError("its connection closed")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
