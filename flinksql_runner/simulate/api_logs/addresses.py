"""Addresses of clients, drawn out of the networks that the geo database knows in a country."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from pathlib import Path

import maxminddb

from flinksql_runner.diagnostics import Failure

_PROBES = 30_000
_FIRST_V6 = (0x2400, 0x2600, 0x2800, 0x2A00, 0x2C00)    # what the five registries give out of
_V6_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class AddressBook:
    """Networks by version and code of their country."""

    networks: Mapping[tuple[int, str], Sequence[IPv4Network | IPv6Network]]

    def draw(self, country: str, chance: random.Random) -> str:
        """An address in a country, or in any other one where no network of it is known; a quarter of them are IPv6."""
        first = 6 if chance.random() < _V6_SHARE else 4
        known = self.networks.get((first, country)) or self.networks.get((10 - first, country))
        network = chance.choice(known or self.networks[chance.choice(sorted(self.networks))])
        # hosts stand at low numbers: an address of a /32 of IPv6 that is drawn out of all would look like noise
        size = 1 << min(network.max_prefixlen - network.prefixlen, 20)
        return str(network.network_address + chance.randrange(size))


def read_addresses(databases: Sequence[Path], seed: int) -> AddressBook:
    """Asks databases in MaxMind's format for the countries of addresses by chance, and keeps their networks.

    :raises Failure: where a file is none of these, or no address has a country.
    """
    chance, found = random.Random(f"addresses {seed}"), dict[tuple[int, str], list[IPv4Network | IPv6Network]]()
    for path in databases:
        try:
            with maxminddb.open_database(path, maxminddb.MODE_MMAP_EXT if maxminddb.extension else maxminddb.MODE_MMAP) as reader:
                is_v6 = reader.metadata().ip_version == 6
                for _ in range(_PROBES):
                    address = _v6(chance) if is_v6 and chance.random() < 0.7 else _v4(chance)
                    record, prefix = reader.get_with_prefix_len(address)
                    if isinstance(record, dict) and (code := _country(record)):
                        bits = prefix - 96 if is_v6 and address.version == 4 and prefix > 96 else prefix
                        network = ip_network((address.packed, bits), strict=False)
                        found.setdefault((address.version, code), []).append(network)
        except (OSError, ValueError, maxminddb.InvalidDatabaseError) as problem:
            raise Failure(f"{path.name} is no database of addresses in MaxMind's format: {problem}") from None
    if not found:
        raise Failure("no address in the databases has a country: choose others")
    return AddressBook(found)


def _v4(chance: random.Random) -> IPv4Address:
    while True:
        address = IPv4Address(chance.randrange(1 << 24, 224 << 24))
        if address.is_global:
            return address


def _v6(chance: random.Random) -> IPv6Address:
    return IPv6Address((chance.choice(_FIRST_V6) << 112) | (chance.getrandbits(20) << 96) | chance.getrandbits(16) << 64)


def _country(record: Mapping[str, object]) -> str | None:
    """Both ways in which country codes lie in such files."""
    nested = record.get("country")
    code = nested.get("iso_code") if isinstance(nested, dict) else record.get("country_code")
    return code if isinstance(code, str) else None
