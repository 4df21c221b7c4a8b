"""Who bought the keys that clients show: firms with a few keys each."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_FIRST = ("Alpine", "Baltic", "Blue", "Cedar", "Delta", "Harbour", "Iron", "Juniper", "Lumen", "Nordic", "Orchard", "Polar",
          "River", "Solar", "Tidal", "Vela")
_SECOND = ("Auctions", "Claims", "Fleet", "Insurance", "Leasing", "Logistics", "Maps", "Media", "Mobility", "Motors", "Parking",
           "Rentals", "Research", "Security", "Street View", "Traffic")
_PLANS = ("free",) * 5 + ("team",) * 3 + ("enterprise",)
_KEYS_EACH = 3


class Owner(NamedTuple):
    """Whose key it is; ``plan`` is what the customer pays for."""

    api_key_id: str
    customer: str
    plan: str


def owners(keys: Iterable[str], seed: int) -> Iterator[Owner]:
    """Each key once, with its customer; the same keys and seed give the same customers, none of whom has two plans."""
    chance = random.Random(f"customers {seed}")
    number = left = 0
    name = plan = ""
    for key in sorted(set(keys)):
        if not left:
            first, second = _FIRST[number % len(_FIRST)], _SECOND[(number // len(_FIRST) + number * 7) % len(_SECOND)]
            turn = number // (len(_FIRST) * len(_SECOND))
            name, plan = f"{first} {second}{f' {turn + 1}' if turn else ''}", chance.choice(_PLANS)
            left, number = chance.randint(1, _KEYS_EACH), number + 1
        left -= 1
        yield Owner(key, name, plan)
