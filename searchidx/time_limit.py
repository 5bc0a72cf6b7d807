"""A query may take so long and no longer.

Rule: the limit is an alarm of the operating system, not a check that the engine has to remember to make: it
reaches any loop, also one inside a regular expression, and a call of compiled code as soon as that returns.
Whatever the query holds is released on the way out, as with Ctrl-C. The alarm rings again until the block is left,
so that code which swallows an error does not swallow the limit. It needs a system that has alarms (not Windows),
and the main thread, which is where the command line searches.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ingest.errors import DossierError, SettingsError

if TYPE_CHECKING:
    from types import FrameType

_AGAIN = 0.2  # seconds


class QueryTimedOut(DossierError):
    """A query took longer than it may."""


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raise QueryTimedOut in the block once it has run for so many seconds; None is no limit.

    Raises SettingsError where there are no alarms, or another thread than the main one asks.
    """
    if seconds is None:
        yield
        return
    import signal
    import threading

    if not hasattr(signal, "setitimer"):
        raise SettingsError("a time limit needs a system that has alarms, which Windows has not: leave it out")
    if threading.current_thread() is not threading.main_thread():
        raise SettingsError("a time limit can be set in the main thread only")

    def ring(_: int, __: FrameType | None) -> None:
        raise QueryTimedOut(
            f"the query took longer than {seconds:g} s and was stopped: ask for less, or give it more time"
        )

    before = signal.signal(signal.SIGALRM, ring)
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:  # it may have rung in the line above, and does not ring so soon again
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
