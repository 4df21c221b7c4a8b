"""Who calls the API: browsers, programs with keys, monitors and crawlers, each with an address and habits."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from flinksql_runner.simulate.api_logs.addresses import AddressBook
from flinksql_runner.simulate.api_logs.countries import COUNTRIES, activity
from flinksql_runner.simulate.api_logs.lines import Request

EXAMPLES = 500
_MOST_A_SECOND = 3.0    # of one client who means well, on average: no Zipf law makes a human faster
_BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
    "Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
)
_PROGRAMS = ("python-requests/2.32.5", "okhttp/5.1.0", "axios/1.12.2", "Go-http-client/2.0", "curl/8.14.1", "node",
             "Java-http-client/21")
_CRAWLERS = ("Mozilla/5.0 (compatible; SearchBot/2.1; +https://search.example/bot.html)", "ExampleIndexer/1.4")

# what each kind of client asks for: method, path (None: an example), how often of a hundred
_HABITS = {kind: tuple((method, path) for method, path, often in habits for _ in range(often)) for kind, habits in {
    "browser": (("GET", "/", 22), ("GET", "/static/app.js", 20), ("GET", "/static/app.css", 20), ("GET", "/v1/examples", 10),
                ("GET", None, 14), ("POST", "/v1/blur", 13), ("GET", "/favicon.ico", 1)),
    "program": (("POST", "/v1/blur", 84), ("GET", "/v1/usage", 12), ("GET", None, 2), ("GET", "/openapi.json", 2)),
    "monitor": (("GET", "/healthz", 100),),
    "crawler": (("GET", "/", 40), ("GET", "/v1/examples", 30), ("GET", "/robots.txt", 15), ("GET", "/sitemap.xml", 15)),
}.items()}
Kind = Literal["browser", "program", "monitor", "crawler"]
_MISSING = frozenset({"/favicon.ico", "/robots.txt", "/sitemap.xml"})


class Client(NamedTuple):
    """``key`` is the public part of its key, empty without one; ``typo`` a key that it mistypes now and then."""

    kind: Kind
    address: str
    country: str
    key: str
    typo: str
    agent: str


class Population(NamedTuple):
    """All clients, how often each calls, and what their clocks are ahead of UTC."""

    clients: Sequence[Client]
    shares: NDArray[np.float64]
    hours: NDArray[np.float64]

    def weights(self, start_ms: int, seconds: float, rate: float) -> NDArray[np.float64]:
        """How likely each client sends the next request, at a moment; adds up to 1."""
        weights = self.shares * activity(self.hours, start_ms, seconds)
        weights /= weights.sum()
        most = max(_MOST_A_SECOND / rate, 2.0 / len(weights))
        for _ in range(5):      # what is taken from the busiest goes to all, who may get too busy by it
            weights = np.minimum(weights, most)
            weights /= weights.sum()
        return weights


def new_population(count: int, book: AddressBook, chance: random.Random) -> Population:
    """So many clients of countries by the number of their users; how often they come follows Zipf's law."""
    users = [c.users for c in COUNTRIES]
    chosen = chance.choices(COUNTRIES, users, k=count)
    kinds: list[Kind] = [_kind(chance) for _ in range(count)]
    clients = [_client(number, kind, country.code, book, chance)
               for number, (kind, country) in enumerate(zip(kinds, chosen, strict=True))]
    ranks = list(range(count))
    chance.shuffle(ranks)
    return Population(clients, 1.0 / (np.array(ranks) + 10.0), np.array([c.hours for c in chosen]))


def _kind(chance: random.Random) -> Kind:
    draw = chance.random()
    return "browser" if draw < 0.5 else "program" if draw < 0.94 else "crawler" if draw < 0.98 else "monitor"


def _client(number: int, kind: Kind, country: str, book: AddressBook, chance: random.Random) -> Client:
    key = f"k{number:05d}" if kind == "program" or (kind == "browser" and chance.random() < 0.4) else ""
    agent = chance.choice({"browser": _BROWSERS, "crawler": _CRAWLERS}.get(kind, _PROGRAMS))
    return Client(kind, book.draw(country, chance), country, key, f"k{chance.randrange(10_000, 99_999)}x", agent)


def request_of(client: Client, at: float, chance: random.Random) -> Request:
    """What a client asks for when it means well, and what it is answered."""
    habits = _HABITS[client.kind]
    method, path = habits[int(chance.random() * len(habits))]
    if path is None:
        path = f"/v1/examples/{chance.randint(1, EXAMPLES)}"
    needs_key, key = path in ("/v1/blur", "/v1/usage"), client.key
    draw, status = chance.random(), 200
    if path in _MISSING:
        status = 404
    elif needs_key and not key:
        status = 401
    elif needs_key and draw < 0.004:
        status, key = 401, client.typo
    elif draw < 0.008:
        status = chance.choice((500, 502, 503))
    elif needs_key and draw < 0.02:
        status = 429
    elif path == "/v1/blur" and draw < 0.035:
        status = chance.choice((400, 413, 415))
    elif client.kind == "browser" and method == "GET" and draw < 0.15:
        status = 304
    query = "soften=1" if path == "/v1/blur" and chance.random() < 0.3 else ""
    return answered(at, client.address, method, path, query, status, key if needs_key else "", client.agent, chance)


def answered(at: float, client: str, method: str, path: str, query: str, status: int, key: str, agent: str,
             chance: random.Random) -> Request:
    """A request with sizes and a duration as such an answer has them: photos take a tenth of a second and more."""
    is_photo = path == "/v1/blur" and status == 200
    seconds = chance.lognormvariate(-2.1, 0.5) if is_photo else chance.lognormvariate(-5.5, 0.9)
    size_in = int(chance.lognormvariate(12.0, 0.6)) if method == "POST" else 0
    answer = chance.randrange(150, 40_000) if status == 200 else 160
    size_out = int(size_in * 0.95) if is_photo else 0 if status == 304 else answer
    return Request(at, client, method, path, query, status, size_in, size_out, min(seconds, 30.0), key, agent)
