"""What looks like an attack at first sight and is none: whoever tells them apart is right to be precise."""

from __future__ import annotations

import random
from collections.abc import Iterator

from flinksql_runner.simulate.api_logs.addresses import AddressBook
from flinksql_runner.simulate.api_logs.clients import Client, Population, answered
from flinksql_runner.simulate.api_logs.lines import Request

_FAR = (("US", "DE"), ("JP", "FR"), ("BR", "GB"), ("IN", "US"), ("AU", "NL"))
_TEXTS = ("name=O%27Brien", "q=union+station+select+seats", "note=5+%3C+6", "title=Script+for+a+film", "ref=..%20and%20so%20on",
          "q=drop+shadow+table", "name=D%27Angelo&mode=or", "formula=a%2Bb")


def look_alikes(population: Population, book: AddressBook, duration: float, chance: random.Random) -> list[Request]:
    """Their requests over so many seconds: a broken link, a mistyped key, a batch of photos, one customer with servers in two
    countries, texts that look like code; a few of each a minute."""
    makers = (_broken_link, _mistyped, _batch, _two_countries, _texts, _viewer)
    found: list[Request] = []
    programs = [c for c in population.clients if c.kind == "program"] or list(population.clients)
    for _ in range(max(1, round(duration / 30.0))):
        for make in makers:
            found += (r for r in make(chance.choice(programs), book, chance.uniform(0.0, duration), chance) if r.at < duration)
    return found


def _broken_link(client: Client, book: AddressBook, at: float, chance: random.Random) -> Iterator[Request]:
    """A page with two links that lead nowhere."""
    for number in range(chance.randint(15, 40)):
        at += chance.expovariate(1.5)
        yield answered(at, client.address, "GET", ("/v2/blur", "/docs/index.html")[number % 2], "", 404, "", client.agent, chance)


def _mistyped(client: Client, book: AddressBook, at: float, chance: random.Random) -> Iterator[Request]:
    """A program whose key is wrong, and that does not give up."""
    for _ in range(chance.randint(10, 30)):
        at += chance.expovariate(1.0)
        yield answered(at, client.address, "POST", "/v1/blur", "", 401, client.typo, client.agent, chance)


def _batch(client: Client, book: AddressBook, at: float, chance: random.Random) -> Iterator[Request]:
    """A customer who works through a folder of photos: fast, and allowed."""
    for _ in range(chance.randint(40, 120)):
        at += chance.expovariate(5.0)
        yield answered(at, client.address, "POST", "/v1/blur", "", 200, client.key, client.agent, chance)


def _two_countries(client: Client, book: AddressBook, at: float, chance: random.Random) -> Iterator[Request]:
    """A customer with servers in two countries, who use one key at the same time."""
    first, second = chance.choice(_FAR)
    homes = (book.draw(first, chance), book.draw(second, chance))
    key = f"k{chance.randrange(70_000, 80_000)}"
    for _ in range(chance.randint(8, 25)):
        at += chance.expovariate(0.7)
        yield answered(at, chance.choice(homes), "POST", "/v1/blur", "", 200, key, client.agent, chance)


def _texts(client: Client, book: AddressBook, at: float, chance: random.Random) -> Iterator[Request]:
    """Names and notes with quotes and words of SQL in them."""
    for _ in range(chance.randint(4, 10)):
        at += chance.expovariate(0.8)
        yield answered(at, client.address, "GET", "/v1/examples", chance.choice(_TEXTS), 200, "", client.agent, chance)


def _viewer(client: Client, book: AddressBook, at: float, chance: random.Random) -> Iterator[Request]:
    """Somebody who looks through examples, one after the other, at the speed of looking."""
    first = chance.randint(1, 400)
    for number in range(chance.randint(10, 40)):
        at += chance.uniform(1.2, 4.0)
        yield answered(at, client.address, "GET", f"/v1/examples/{first + number}", "", 200, "", client.agent, chance)
