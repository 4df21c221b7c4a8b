"""The look-up of addresses against maxminddb itself, on what is no address, and while its file is replaced."""

from __future__ import annotations

import logging
import os
import random
import shutil
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import maxminddb
import pandas as pd
import pytest

from flinksql_runner.deps.assets import fetch_assets
from flinksql_runner.deps.lockfile import read_lock
from udfs import geo

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def files() -> Mapping[str, Path]:
    lock = read_lock(ROOT)
    assert lock is not None
    return fetch_assets(a for a in lock.assets if a.name.startswith("geo-"))


@pytest.fixture(autouse=True)
def found(files: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch) -> geo.Database:
    database = geo.Database(tuple(files.values()))
    monkeypatch.setattr(geo, "database", lambda: database)
    return database


def located(*addresses: str | None) -> list[dict[str, Any]]:
    frame = geo.locate_ip(pd.Series(addresses, dtype=object))
    assert list(frame.columns) == list(geo.Place._fields)
    return [{k: None if pd.isna(v) else v for k, v in row.items()} for row in frame.to_dict("records")]


def code(database: geo.Database, address: str) -> str | None:
    """The country's code as the database tells it now."""
    known = database.remembered()
    row = known.rows([address])[0]
    found: str | None = known.columns["country_code"][row]
    return found


def test_answers_are_those_of_maxminddb_on_100000_addresses_of_both_families(files: Mapping[str, Path]) -> None:
    chance = random.Random(4)
    four = [str(IPv4Address(chance.getrandbits(32))) for _ in range(50_000)]
    six = [str(IPv6Address(0x2 << 124 | chance.getrandbits(124) & ~(0xFFF << 112) | chance.choice(
        (0x001, 0x400, 0x600, 0x800, 0xA00, 0xC00)) << 112)) for _ in range(50_000)]
    readers = {4: maxminddb.open_database(files["geo-ipv4.mmdb"]), 6: maxminddb.open_database(files["geo-ipv6.mmdb"])}
    known = 0
    for version, addresses in ((4, four), (6, six)):
        for address, place in zip(addresses, located(*addresses), strict=True):
            record = readers[version].get(address)
            is_public = (IPv4Address if version == 4 else IPv6Address)(address).is_global
            if record is None or not is_public:
                assert set(place.values()) == {None}, address
                continue
            assert isinstance(record, dict)
            known += 1
            assert place["country_code"] == (record["country_code"] or None)
            assert (place["region"], place["city"]) == (record["state1"] or None, record["city"] or None)
            assert (place["latitude"], place["longitude"]) == (record["latitude"], record["longitude"])
    assert known > 60_000


def test_names_and_time_zones_are_filled_in() -> None:
    (place,) = located("8.8.8.8")
    assert (place["country"], place["region"], place["timezone"]) == ("United States", "California", "America/Los_Angeles")


def test_a_mapped_address_is_the_one_that_it_maps() -> None:
    plain, mapped = located("81.2.69.142", "::ffff:81.2.69.142")
    assert plain == mapped
    assert plain["country_code"] == "GB"


@pytest.mark.parametrize("address", [
    None, "", "unknown", "10.1.2.3", "192.168.0.1", "127.0.0.1", "::1", "fe80::1", "fe80::1%eth0", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "256.1.1.1", "1.2.3", "1.2.3.4:80", " 8.8.8.8", "8.8.8.8\n", "'; DROP TABLE x", "9" * 10_000, "2001:db8::1"])
def test_what_has_no_place(address: str | None) -> None:
    assert set(located(address)[0].values()) == {None}


def test_a_batch_answers_as_its_addresses_one_by_one() -> None:
    addresses = ["8.8.8.8", None, "81.2.69.142", "8.8.8.8", "x", "2a00:1450:4001:80b::200e"]
    assert located(*addresses) == [located(a)[0] for a in addresses]
    assert located() == []


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def replaced(files: Mapping[str, Path], tmp_path: Path) -> Path:
    shutil.copyfile(files["geo-ipv4.mmdb"], tmp_path / "geo.mmdb")
    return tmp_path / "geo.mmdb"


def replace(path: Path, content: bytes | Path) -> None:
    beside = path.with_name("beside")
    if isinstance(content, Path):
        shutil.copyfile(content, beside)
    else:
        beside.write_bytes(content)
    os.replace(beside, path)


def test_a_replaced_file_is_used_and_a_broken_one_is_not(
    files: Mapping[str, Path], replaced: Path, caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    database = geo.Database((replaced,), clock)
    assert code(database, "8.8.8.8") is not None
    assert code(database, "2a00:1450:4001:80b::200e") is None, "a file of IPv4"

    whole = files["geo-ipv6.mmdb"].read_bytes()
    for broken in (b"", b"<html>no such file</html>", whole[:30_000_000], whole[:-100]):
        replace(replaced, broken)
        clock.now += 3
        assert code(database, "8.8.8.8") is not None
        assert "can't be read, the old one stays in use" in caplog.text
        caplog.clear()
    replaced.unlink()
    clock.now += 3
    assert code(database, "8.8.8.8") is not None

    replace(replaced, files["geo-ipv6.mmdb"])
    assert code(database, "2a00:1450:4001:80b::200e") is None, "looked at again too soon"
    clock.now += 3
    with caplog.at_level(logging.INFO):
        assert code(database, "2a00:1450:4001:80b::200e") is not None
    assert "replaced" in caplog.text


@pytest.mark.parametrize("content", [b"", b"\xab\xcd\xefMaxMind.com", b"no database" * 1000])
def test_a_file_that_is_none_is_told_at_the_start(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "geo.mmdb").write_bytes(content)
    with pytest.raises(RuntimeError, match=r"the geo database .*geo\.mmdb can't be read"):
        geo.Database((tmp_path / "geo.mmdb",))
    with pytest.raises(RuntimeError, match="can't be read"):
        geo.Database((tmp_path / "nowhere.mmdb",))


def test_records_as_maxmind_nests_them() -> None:
    place = geo._read({
        "country": {"iso_code": "SE", "names": {"en": "Sweden", "de": "Schweden"}}, "city": {"names": {"en": "Linköping"}},
        "subdivisions": [{"names": {"en": "Östergötland County"}}],
        "location": {"latitude": 58.4167, "longitude": 15.6167, "time_zone": "Europe/Stockholm"}})
    assert place == ("SE", "Sweden", "Östergötland County", "Linköping", 58.4167, 15.6167, "Europe/Stockholm")
    assert geo._read({"country": {"iso_code": "SE"}}) == ("SE", "Sweden", None, None, None, None, None)


def test_more_addresses_than_are_remembered_begin_anew() -> None:
    """What was forgotten is asked for again, and no answer is another address's; a batch may be larger than all that is kept."""
    asked: list[str] = []

    def find(address: str) -> geo.Place | None:
        asked.append(address)
        return None if address == "nowhere" else geo.Place(address, None, None, None, float(len(address)), None, None)

    known = geo.Remembered(find, room=4)

    def told(*addresses: str) -> list[str | None]:
        rows = known.rows(addresses)
        assert rows[-1] == 0
        return [known.columns["country_code"][row] for row in rows]

    assert told("a", "b", "nowhere") == ["a", "b", None, None]
    assert told("b", "a") == ["b", "a", None]
    assert asked == ["a", "b", "nowhere"]
    assert told("c", "a") == ["c", "a", None]
    assert told(*"defghijk") == [*"defghijk", None]
    assert told("a", "k") == ["a", "k", None]
    assert len(asked) > 12
    assert known.columns["latitude"].dtype == float
