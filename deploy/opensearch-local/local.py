"""Start and end OpenSearch on this machine, for development and tests: ``local.py start [--nodes 3]``, ``stop``.

``VITRINE_OPENSEARCH_PORT`` is the HTTP port of a single node (9200); three nodes take the three ports behind it.
Data, logs and process ids lie below ``.opensearch`` in the checkout. Nothing is secured: nodes listen on loopback only.
"""

import argparse
import os
import sys

from java import HOME, CannotStart
from nodes import nodes_of, start, stop, wait

_PORT = 9200
_PATIENCE = {1: 120.0, 3: 300.0}


def main() -> int:
    """Do what the command line says; print where the nodes answer."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("start", "stop"))
    parser.add_argument("--nodes", type=int, choices=sorted(_PATIENCE), default=1)
    parser.add_argument("--heap", help="memory of each node's heap, such as 1g")
    given = parser.parse_args()
    if given.command == "stop":
        ended = stop(sorted((HOME / "nodes").glob("*")))
        print("ended:", ", ".join(ended) or "nothing was running")
        return 0
    nodes = nodes_of(given.nodes, int(os.environ.get("VITRINE_OPENSEARCH_PORT") or _PORT))
    try:
        start(nodes, given.heap or ("1g" if given.nodes == 1 else "512m"))
        wait(nodes, _PATIENCE[given.nodes])
    except CannotStart as error:
        print(f"OpenSearch does not start: {error}", file=sys.stderr)
        return 1
    print(",".join(node.url for node in nodes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
