"""Prometheus metrics; several workers share theirs through PROMETHEUS_MULTIPROC_DIR, which ``vitrine serve`` sets."""

import os
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "vitrine_requests", "Requests answered", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "vitrine_request_seconds", "Time to answer", ["route"], buckets=_BUCKETS, registry=self._registry
        )
        self._stages = Histogram(
            "vitrine_search_stage_seconds",
            "Time of a search's stages",
            ["stage"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._engine_failures = Counter(
            "vitrine_engine_failures",
            "Requests that the search engine could not serve",
            ["kind"],
            registry=self._registry,
        )
        self._products = Gauge(
            "vitrine_products",
            "Products served",
            ["catalog"],
            registry=self._registry,
            multiprocess_mode="mostrecent",
        )

    def count_engine_failure(self, kind: str) -> None:
        """Count one request that the search engine could not serve, by the kind of failure."""
        self._engine_failures.labels(kind).inc()

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def observe_stages(self, timings: Mapping[str, float]) -> None:
        """Count the stages of one search, in milliseconds."""
        for stage, milliseconds in timings.items():
            self._stages.labels(stage).observe(milliseconds / 1e3)

    def set_products(self, catalog: str, products: int) -> None:
        """Note how many products a catalogue serves."""
        self._products.labels(catalog).set(products)

    def render(self) -> bytes:
        """Return everything in Prometheus' text format, of all workers if they share a folder."""
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            shared = CollectorRegistry()
            MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
            return generate_latest(shared)
        return generate_latest(self._registry)
