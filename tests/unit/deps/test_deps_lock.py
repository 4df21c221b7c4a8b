from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from flinksql_runner.deps.factories import clashes
from flinksql_runner.deps.lockfile import engine_jars, parse_lock, read_lock, render_lock, write_lock
from flinksql_runner.deps.resolve import resolve
from flinksql_runner.deps.update import jars_of, update
from flinksql_runner.deps.values import Lock, LockedAsset, LockedJar, Need, parse_coordinate
from flinksql_runner.diagnostics import Failure, Span
from flinksql_runner.project.values import Coordinate, Dependencies

KAFKA = parse_coordinate("org.apache.flink:flink-sql-connector-kafka:5.0.0-2.2")
SPAN = Span("sql/sources/a.sql", 10, 17)


def wanted(*needs: Need, **jars: str) -> tuple[list[str], list[str]]:
    declared = Dependencies({name: (parse_coordinate(text),) for name, text in jars.items()})
    found, problems = resolve(needs, declared, "2.3.0")
    return [c.artifact for c in found], [p.code for p in problems]


def test_connectors_become_jars_and_built_in_ones_need_none():
    assert wanted(Need("connector", "kafka", "a"), Need("connector", "upsert-kafka", "b"), Need("format", "json", "a"),
                  Need("connector", "datagen", "c")) == (["flink-sql-connector-kafka"], [])


def test_a_format_is_taken_at_the_projects_flink_version():
    found, _ = resolve([Need("format", "parquet", "a")], Dependencies(), "2.3.1")
    assert [str(c) for c in found] == ["org.apache.flink:flink-sql-parquet:2.3.1"]


@pytest.mark.parametrize(("url", "driver"), [
    ("jdbc:postgresql://h/db", "postgresql"), ("${FLINKSQL_SERVICE_POSTGRES_URL}", "postgresql"),
    ("jdbc:mysql://h/db?x=1", "mysql-connector-j"),
])
def test_the_driver_of_jdbc_follows_its_url(url, driver):
    artifacts, problems = wanted(Need("connector", "jdbc", "a", None, {"url": url}))
    assert driver in artifacts
    assert "flink-connector-jdbc-core" in artifacts
    assert problems == []


@pytest.mark.parametrize("options", [{"url": "jdbc:oracle:x"}, {"url": "${FLINKSQL_SECRET_URL}"}, {}])
def test_an_unknown_database_says_how_to_declare_its_driver(options):
    _, (problem,) = resolve([Need("connector", "jdbc", "a", SPAN, options)], Dependencies(), "2.3.0")
    assert problem.code == "FS502"
    assert problem.span == SPAN
    assert "dependencies: {jars: {jdbc:" in (problem.help or "")


def test_an_unknown_connector_gets_a_near_name_and_the_way_to_declare_it():
    _, (problem,) = resolve([Need("connector", "kafak", "a", SPAN)], Dependencies(), "2.3.0")
    assert (problem.code, problem.span, problem.node) == ("FS501", SPAN, "a")
    assert "did you mean `kafka`?" in (problem.help or "")
    assert "dependencies: {jars: {kafak:" in (problem.help or "")


def test_a_declared_jar_goes_before_the_table():
    assert wanted(Need("connector", "kafka", "a"), kafka="org.example:my-kafka:1") == (["my-kafka"], [])
    assert wanted(Need("connector", "pulsar", "a"), pulsar="org.example:pulsar:1") == (["pulsar"], [])


def test_a_jar_declared_under_a_free_name_is_taken_too():
    assert wanted(helper="org.example:helper:1") == (["helper"], [])


def test_two_versions_of_one_jar_are_refused_with_both_named():
    declared = Dependencies({"mine": (Coordinate(KAFKA.group, KAFKA.artifact, "1"),)})
    _, (problem,) = resolve([Need("connector", "kafka", "a")], declared, "2.3.0")
    assert problem.code == "FS503"
    assert "5.0.0-2.2" in problem.message
    assert f"{KAFKA.artifact}:1" in problem.message


def test_an_unknown_flink_version_is_told_once():
    _, problems = resolve([Need("connector", "kafka", "a"), Need("format", "json", "a")], Dependencies(), "1.17.2")
    assert [p.code for p in problems] == ["FS504"]


def jar_with(path: Path, *factories: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("META-INF/services/org.apache.flink.table.factories.Factory", "# made\n" + "\n".join(factories))
    return path


def test_two_providers_of_one_factory_are_refused_with_both_named(tmp_path):
    jars = {
        Coordinate("g", "one", "1"): jar_with(tmp_path / "one.jar", "org.x.AFactory", "org.x.BFactory"),
        Coordinate("g", "two", "1"): jar_with(tmp_path / "two.jar", "org.x.AFactory"),
        Coordinate("g", "three", "1"): jar_with(tmp_path / "three.jar", "org.x.CFactory"),
    }
    (problem,) = clashes(jars)
    assert problem.code == "FS505"
    assert "`g:one:1` and `g:two:1` both bring AFactory" in problem.message


LOCK = Lock("2.3.0", (
    LockedJar(Coordinate("g", "b", "1"), "b" * 64, 2, ("x", "connector:kafka")),
    LockedJar(Coordinate("g", "a", "1"), "a" * 64, 1),
), (LockedAsset("geo", "npm", "p", "1", "f.mmdb", "c" * 64, 3, "p-1.tgz", "d" * 64, 4, "CC-BY-4.0"),))


def test_the_lock_reads_back_and_is_sorted_and_stable(tmp_path):
    assert write_lock(tmp_path, LOCK)
    assert not write_lock(tmp_path, LOCK)
    read = read_lock(tmp_path)
    assert read is not None
    assert [str(j.coordinate) for j in read.jars] == ["g:a:1", "g:b:1"]
    assert read.jars[1].provides == ("connector:kafka", "x")
    assert read.assets == LOCK.assets
    assert render_lock(read) == (tmp_path / "flinksql.lock").read_text()
    assert [p.name for p in tmp_path.iterdir()] == ["flinksql.lock"]


@pytest.mark.parametrize("text", ["{", "[]", "{}", json.dumps({"version": 1, "flink": "2", "jars": [{"coordinate": "a"}]})])
def test_a_broken_lock_is_one_sentence(text):
    with pytest.raises(Failure, match=r"flinksql\.lock can't be read .* run `flinksql deps`"):
        parse_lock(text)


def test_a_lock_of_a_later_version_is_told():
    with pytest.raises(Failure, match="update flinksql"):
        parse_lock(json.dumps({"version": 99, "flink": "2", "jars": []}))


def test_the_engine_is_locked():
    assert [jar.coordinate.artifact for jar in engine_jars("gateway")] == ["flink-sql-gateway"]
    assert any(jar.coordinate.artifact == "kafka_2.13" for jar in engine_jars("kafka"))
    assert all(len(jar.sha256) == 64 and jar.size > 0 for jar in engine_jars("kafka"))


def test_update_locks_downloads_and_then_needs_no_network(repository, env, tmp_path):
    repository.put("org.example:thing:1.0", b"not even a jar")
    declared = Dependencies({"thing": (parse_coordinate("org.example:thing:1.0"),)})
    needs = [Need("connector", "thing", "a")]
    first = update(tmp_path, needs, declared, "2.3.0", env=env)
    assert first.changed
    assert [p.read_bytes() for p in first.jars.values()] == [b"not even a jar"]
    repository.asked.clear()
    second = update(tmp_path, needs, declared, "2.3.0", env=env)
    assert not second.changed
    assert repository.asked == []
    paths, problems = jars_of(second.lock, needs, declared, env=env)
    assert (paths, problems) == (tuple(second.jars.values()), ())
    more, _ = jars_of(second.lock, [Need("connector", "kafka", "b")], declared, env=env)
    assert more is None


def test_an_error_leaves_the_lock_alone(tmp_path, env):
    write_lock(tmp_path, LOCK)
    before = (tmp_path / "flinksql.lock").read_bytes()
    done = update(tmp_path, [Need("connector", "nope", "a")], Dependencies(), "2.3.0", env=env)
    assert [d.code for d in done.diagnostics] == ["FS501"]
    assert (tmp_path / "flinksql.lock").read_bytes() == before


@pytest.mark.parametrize("text", ["a:b", "a:b:c:d:e", "a b:c:d", "../x:b:c", "a::c"])
def test_a_bad_coordinate_is_refused(text):
    with pytest.raises(ValueError, match="not a Maven coordinate"):
        parse_coordinate(text)
