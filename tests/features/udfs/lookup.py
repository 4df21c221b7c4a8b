from collections.abc import Iterator
from typing import NamedTuple

from flinksql_runner.udf import udf


class Place(NamedTuple):
    country: str | None
    lat: float | None


@udf
def geo_lookup(ip: str) -> Place:
    return Place("XX", 0.0)


@udf
def risk(amount: float, tier: str | None) -> float:
    return 0.5


@udf
def words(text: str) -> Iterator[str]:
    yield from text.split()
