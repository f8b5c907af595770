"""Putting together in a process of its own, at the lowest priority: a hearing on the same machine goes first."""

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Final

from mediation.hearings.compose.film import Unplayable, compose
from mediation.hearings.compose.parts import Composed, Order
from mediation.kernel.crypto import Undecipherable

LOWEST: Final = 19


def compose_apart(order: Order, tell: Callable[[int], None]) -> Composed:
    """As `compose`, but a crash of a decoder ends another process.

    Raises: Unplayable `empty`, `damaged`, `disk_full`, `crashed`.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(order, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        return _listen(ours, tell)
    finally:
        ours.close()
        process.kill()
        process.join()


def _listen(pipe: Connection, tell: Callable[[int], None]) -> Composed:
    while True:
        try:
            what, value = pipe.recv()
        except EOFError as error:
            raise Unplayable("crashed") from error
        if what == "done":
            composed: Composed = value
            return composed
        if what == "failed":
            raise Unplayable(value)
        tell(value)


def _child(order: Order, pipe: Connection) -> None:
    os.nice(LOWEST)
    try:
        pipe.send(("done", compose(order, lambda percent: pipe.send(("so_far", percent)))))
    except Unplayable as error:
        pipe.send(("failed", error.args[0]))
    except Undecipherable:
        pipe.send(("failed", "damaged"))
    except OSError:
        pipe.send(("failed", "disk_full"))
