"""What a machine lacks or what a user does in the middle: full disks, Ctrl-C, two commands at once."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from broken_shop import FILES, Said, Shop

MADE = {"target/manifest.json", "target/compiled/daily.sql"}
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell is needed")


def shell(shop: Shop, script: str) -> Said:
    """Runs a shell script in which ``flinksql`` is the command."""
    function = f'flinksql() {{ {" ".join(shop.command())} "$@"; }}\n'
    done = subprocess.run(["sh", "-c", function + script], cwd=shop.root, capture_output=True, text=True, check=False)
    return Said(done.returncode, done.stdout + done.stderr)


@POSIX
def test_a_full_disk_leaves_no_half_written_file(shop: Shop) -> None:
    shell(shop, "ulimit -f 0; flinksql compile").is_clear(2, "Can't write", "daily.sql")
    assert shop.files() == set(FILES)


@POSIX
def test_a_full_disk_keeps_what_was_there(shop: Shop) -> None:
    shop.run("compile").is_clear(0)
    before = {path: (shop.root / path).read_bytes() for path in MADE}
    shop.write("sql/transforms/dear.sql", "SELECT id, amount FROM orders WHERE amount > 99\n")
    shell(shop, "ulimit -f 0; flinksql compile").is_clear(2, "Can't write")
    assert {path: (shop.root / path).read_bytes() for path in MADE} == before
    assert shop.files() == {*FILES, *MADE}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("arguments", ["--help", "ls", "compile --inline 'SELECT 1'", "status --output json"])
def test_a_full_disk_under_the_output(arguments: str, shop: Shop) -> None:
    shell(shop, f"flinksql {arguments} > /dev/full").is_clear(2, "No space left on device")


@pytest.mark.parametrize("folder", ["project.yml", "project.yml/below"])
def test_a_file_where_a_folder_should_be(folder: str, shop: Shop) -> None:
    shop.run("compile", "--target-path", folder).is_clear(2, "Can't write", "not a folder")
    assert shop.files() == set(FILES)


@POSIX
def test_a_folder_that_is_gone(shop: Shop) -> None:
    shell(shop, "mkdir gone && cd gone && rmdir ../gone && flinksql lint").is_clear(2, "The folder that you are in is gone")


def test_no_network(shop: Shop, tmp_path: Path) -> None:
    shop.write("sql/sources/orders.sql", """CREATE TABLE orders (id INT, amount INT) WITH (
  'connector' = 'kafka', 'format' = 'json', 'properties.bootstrap.servers' = 'localhost:9',
  'properties.group.id' = 'orders', 'scan.startup.mode' = 'earliest-offset')
""")
    offline = {"FLINKSQL_MAVEN_MIRROR": "http://127.0.0.1:9/", "FLINKSQL_CACHE": str(tmp_path / "cache")}
    shop.run("deps", env=offline).is_clear(2, "can't download", "FLINKSQL_MAVEN_MIRROR")
    assert "flinksql.lock" not in shop.files()
    shop.run("lint", env=offline).is_clear(1, "needs the option 'topic'")  # it knows the connector's options without its jar


@POSIX
@pytest.mark.parametrize("verb", ["compile", "status"])
def test_ctrl_c_at_any_moment(verb: str, shop: Shop) -> None:
    """From the moment when Python itself is up (which takes a few hundredths of a second) to the end."""
    began = time.monotonic()
    shop.run(verb).is_clear(0)
    whole = time.monotonic() - began
    codes = set()
    for part in range(1, 9):
        process = subprocess.Popen(shop.command(verb), cwd=shop.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            _, err = process.communicate(timeout=max(0.08, whole * part / 9))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        assert "a bug of flinksql" not in err, err
        assert "Traceback" not in err or "flinksql_runner/" not in err, err
        assert {p for p in shop.files() if p.endswith(".tmp")} == set()
        codes.add(process.returncode)
    assert codes <= {0, 130, -signal.SIGINT, 1}
    assert codes & {130, -signal.SIGINT}, "no run was interrupted"


def test_several_commands_at_once(shop: Shop) -> None:
    running = [subprocess.Popen(shop.command("compile"), cwd=shop.root, text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT) for _ in range(5)]
    for process in running:
        out, _ = process.communicate(timeout=120)
        Said(process.returncode, out).is_clear(0, "target/compiled/daily.sql")
    assert shop.files() == {*FILES, *MADE}


def test_a_reader_that_goes_away(shop: Shop) -> None:
    for i in range(400):
        shop.write(f"sql/sources/table_{i}.sql", f"CREATE TABLE table_{i} (a INT) WITH ('connector' = 'datagen')\n")
    process = subprocess.Popen(
        shop.command("ls", "--output", "json"), cwd=shop.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) in (0, 1)
