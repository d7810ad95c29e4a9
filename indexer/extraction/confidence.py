"""How far a share that was counted can be believed."""

import numpy as np
from numpy.typing import NDArray

_Z = 1.64


def lower_bound(right: NDArray[np.float64], seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the lower end of the 90 % interval of shares ``right / seen`` (Wilson, 1927).

    (p + z²/2n - z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)
    """
    share = right / seen
    spread = _Z * np.sqrt(share * (1 - share) / seen + _Z**2 / (4 * seen**2))
    return (share + _Z**2 / (2 * seen) - spread) / (1 + _Z**2 / seen)


def lower_bound_of(right: int, seen: int) -> float:
    """Return the lower end of the interval of one share; 0 where nothing was seen."""
    return float(lower_bound(np.array([right], float), np.array([seen], float))[0]) if seen else 0.0
