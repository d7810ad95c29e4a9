"""A circuit breaker: while a cluster does not answer, requests fail at once and wait for no time-out."""

from collections.abc import Callable
from threading import Lock
from time import monotonic


class CircuitBreaker:
    """Opens after ``failures`` failures in a row; every ``pause`` seconds one request may try whether it is over."""

    def __init__(self, failures: int = 5, pause: float = 1.0, clock: Callable[[], float] = monotonic) -> None:
        self._most = failures
        self._pause = pause
        self._clock = clock
        self._lock = Lock()
        self._failed = 0
        self._next_try = 0.0

    def may_try(self) -> bool:
        """Say whether a request may be sent now."""
        with self._lock:
            if self._failed < self._most:
                return True
            if (now := self._clock()) < self._next_try:
                return False
            self._next_try = now + self._pause
            return True

    def succeeded(self) -> None:
        """Tell that the cluster answered, whatever it said."""
        if self._failed:
            with self._lock:
                self._failed = 0

    def failed(self) -> None:
        """Tell that the cluster did not answer."""
        with self._lock:
            self._failed += 1
            self._next_try = self._clock() + self._pause
