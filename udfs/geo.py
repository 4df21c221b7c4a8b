"""Where an address is: country, region, city, coordinates and time zone, out of a database in MaxMind's format.

The database is DB-IP's city edition (CC BY 4.0: name DB-IP wherever its answers are shown), two files that flinksql.lock pins.
Another one takes its place if it lies in ``udfs/assets/geo.mmdb``, or if a text file ``udfs/assets/geo.mmdb.path`` says where on
the workers' disk it lies; there it may be replaced while jobs run.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any, NamedTuple

import maxminddb
import numpy as np
import pandas as pd
import tzfpy
from babel import Locale
from numpy.typing import NDArray

from flinksql_runner.udf import asset_path, udf

_OWN = "geo.mmdb"
_REMEMBERED = 100_000       # addresses: access logs repeat them
_LOOK_SECONDS = 2.0         # a replaced file is seen after at most so long
_DEGREES = ("latitude", "longitude")
_LOG = logging.getLogger(__name__)
_Stamp = tuple[int, int, int]


class Place(NamedTuple):
    """What is known of an address. ``country_code`` is ISO 3166-1's, ``country`` its English name, ``region`` the state or
    province, ``timezone`` of the IANA database; degrees of WGS 84."""

    country_code: str | None
    country: str | None
    region: str | None
    city: str | None
    latitude: float | None
    longitude: float | None
    timezone: str | None


_NOWHERE = Place(None, None, None, None, None, None, None)


@udf(
    vectorised=True,
    takes=[str],
    returns="ROW<country_code STRING, country STRING, region STRING, city STRING, latitude DOUBLE, longitude DOUBLE, "
            "timezone STRING>",
)
def locate_ip(ip: pd.Series) -> pd.DataFrame:
    """The place of each IPv4 or IPv6 address; all fields are NULL for one that is private, unknown or none at all."""
    codes, addresses = pd.factorize(ip)
    known = database().remembered()
    rows = known.rows(addresses)[codes]     # NULL has the code -1: the last row
    return pd.DataFrame({name: column[rows] for name, column in known.columns.items()}, copy=False)


class Remembered:
    """Places of addresses, column by column, so that a batch takes its rows out without touching each value in Python. When there
    is no more room it begins anew: addresses that come often are soon back."""

    def __init__(self, find: Callable[[str], Place | None], room: int = _REMEMBERED) -> None:
        self._find, self._room = find, room
        self.columns: dict[str, NDArray[Any]] = {}
        self._row_of: dict[str, int] = {}
        self._begin(room)

    def rows(self, addresses: Sequence[str]) -> NDArray[np.int64]:
        """The row of each address in ``columns``, and behind them that of NULL; they hold until the next call."""
        row_of = self._row_of
        found = np.fromiter((row_of.get(address, -1) for address in addresses), np.int64, len(addresses))
        new = np.flatnonzero(found < 0)
        if len(row_of) + len(new) >= self._room:
            self._begin(max(self._room, len(addresses) + 1))
            new = np.arange(len(addresses))
        for at in new.tolist():
            found[at] = self._learn(addresses[at])
        return np.append(found, 0)

    def _learn(self, address: str) -> int:
        row = self._row_of[address] = len(self._row_of) + 1
        place = self._find(address)
        for name, value in zip(self.columns, place or _NOWHERE, strict=True):
            self.columns[name][row] = np.nan if value is None and name in _DEGREES else value
        return row

    def _begin(self, room: int) -> None:
        """Row 0 is nowhere."""
        self._room, self._row_of = room, {}
        self.columns = {name: np.full(room + 1, np.nan) if name in _DEGREES else np.full(room + 1, None, dtype=object)
                        for name in Place._fields}


@lru_cache(maxsize=1)
def database() -> Database:
    """The database of this worker, opened at its first call."""
    try:
        return Database((asset_path(_OWN),))
    except FileNotFoundError:
        return Database((asset_path("geo-ipv4.mmdb"), asset_path("geo-ipv6.mmdb")))


@dataclass
class Database:
    """Files that together answer; each is mapped into memory, and opened anew when it was replaced.

    A replaced file that can't be read changes nothing: the log tells it, and the answers go on from the old one.

    :raises RuntimeError: where a file can't be read at the start.
    """

    files: Sequence[Path]
    clock: Callable[[], float] = time.monotonic
    _stamps: list[_Stamp | None] = field(default_factory=list)
    _readers: list[maxminddb.Reader] = field(default_factory=list)
    _remembered: Remembered | None = None
    _looked: float = 0.0

    def __post_init__(self) -> None:
        for path in self.files:
            try:
                self._stamps.append(_stamp(path))
                self._readers.append(_opened(path))
            except (OSError, ValueError, maxminddb.InvalidDatabaseError) as problem:
                raise RuntimeError(f"the geo database {path} can't be read: {problem}") from None
        self._renew()

    def remembered(self) -> Remembered:
        """What is known from the files as they are now."""
        now = self.clock()
        if now - self._looked >= _LOOK_SECONDS:
            self._looked = now
            self._look()
        assert self._remembered is not None
        return self._remembered

    def _look(self) -> None:
        changed = False
        for at, path in enumerate(self.files):
            stamp = _stamp(path)
            if stamp == self._stamps[at]:
                continue
            self._stamps[at] = stamp
            try:
                self._readers[at] = _opened(path)   # the old one is closed when nobody holds it any more
                changed = True
            except (OSError, ValueError, maxminddb.InvalidDatabaseError) as problem:
                _LOG.warning("the new geo database %s can't be read, the old one stays in use: %s", path, problem)
        if changed:
            _LOG.info("the geo database was replaced")
            self._renew()

    def _renew(self) -> None:
        # a reader makes its metadata anew each time that it is asked (4 us, beside 6 us for the look-up)
        readers = tuple((reader.metadata().ip_version, reader) for reader in self._readers)
        self._remembered = Remembered(lambda address: _place(readers, address))


def _opened(path: Path) -> maxminddb.Reader:
    """The file; one that is cut off has lost its description, which stands at its end, and can't be opened."""
    return maxminddb.open_database(path, maxminddb.MODE_AUTO)


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _place(readers: Sequence[tuple[int, maxminddb.Reader]], text: str) -> Place | None:
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if not address.is_global:
        return None
    for version, reader in readers:
        if address.version > version:
            continue
        try:
            record = reader.get(address)
        except (ValueError, maxminddb.InvalidDatabaseError) as problem:
            _LOG.warning("the geo database fails on an address: %s", problem)
            continue
        if isinstance(record, Mapping):
            return _read(record)
    return None


def _read(record: Mapping[str, Any]) -> Place:
    """A record as DB-IP's flat edition has it (its time zones are empty: they come from the coordinates), or as MaxMind's City
    editions nest it."""
    if isinstance(record.get("country"), Mapping) or isinstance(record.get("location"), Mapping):
        country, where = record.get("country") or {}, record.get("location") or {}
        region = next(iter(record.get("subdivisions") or ()), {})
        code = country.get("iso_code")
        return Place(code, _english(country) or _name(code), _english(region), _english(record.get("city") or {}),
                     where.get("latitude"), where.get("longitude"), where.get("time_zone"))
    code, latitude, longitude = record.get("country_code") or None, record.get("latitude"), record.get("longitude")
    zone = record.get("timezone") or (None if latitude is None or longitude is None else tzfpy.get_tz(longitude, latitude))
    return Place(code, _name(code), record.get("state1") or None, record.get("city") or None, latitude, longitude, zone or None)


def _english(part: Mapping[str, Any]) -> str | None:
    names = part.get("names")
    return names.get("en") if isinstance(names, Mapping) else None


def _name(code: str | None) -> str | None:
    return None if code is None else _countries().get(code)


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, str]:
    """Names of countries from the Unicode CLDR."""
    return dict(Locale("en").territories)
