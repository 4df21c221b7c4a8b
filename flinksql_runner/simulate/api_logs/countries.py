"""Where clients come from: countries by how many use the Internet there, and the hour that it is there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Country(NamedTuple):
    """``users`` are millions of people who use the Internet, rounded; ``hours`` what their clocks are ahead of UTC, without
    summer time. Both are there for a likely picture, not for looking up."""

    code: str
    users: float
    hours: float


COUNTRIES: tuple[Country, ...] = tuple(Country(*row) for row in (
    ("CN", 1050, 8), ("IN", 850, 5.5), ("US", 310, -6), ("ID", 210, 7), ("BR", 180, -3), ("RU", 130, 3), ("JP", 105, 9),
    ("NG", 100, 1), ("MX", 95, -6), ("PK", 85, 5), ("PH", 85, 8), ("EG", 80, 2), ("DE", 78, 1), ("VN", 78, 7), ("BD", 75, 6),
    ("TR", 72, 3), ("IR", 72, 3.5), ("GB", 66, 0), ("TH", 61, 7), ("FR", 60, 1), ("IT", 51, 1), ("KR", 50, 9), ("ES", 45, 1),
    ("ZA", 45, 2), ("AR", 40, -3), ("CO", 38, -5), ("CA", 36, -5), ("SA", 36, 3), ("PL", 33, 1), ("MY", 33, 8), ("MA", 33, 0),
    ("UA", 30, 2), ("AU", 25, 10), ("PE", 25, -5), ("KE", 22, 3), ("TW", 22, 8), ("CL", 17, -4), ("RO", 17, 2), ("NL", 17, 1),
    ("SE", 10, 1), ("PT", 9, 0), ("CH", 8, 1), ("AT", 8, 1), ("NO", 5, 1), ("NZ", 5, 12), ("IE", 5, 0),
))


def activity(hours: NDArray[np.float64], start_ms: int, seconds: float) -> NDArray[np.float64]:
    """How busy people are, 0.2 in the dead of night to 1 in the afternoon, where clocks are so many hours ahead of UTC.

    :param start_ms: ms since the epoch, and ``seconds`` after it: the moment that is meant.
    """
    local = (start_ms / 1000 + seconds) / 3600 + hours
    busy: NDArray[np.float64] = 0.6 - 0.4 * np.cos((local - 3.0) / 24.0 * 2.0 * np.pi)
    return busy
