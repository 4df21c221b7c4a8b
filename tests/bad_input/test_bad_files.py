"""What users write wrongly into their files: told at its place, nothing half-made left behind."""

from __future__ import annotations

import pytest
from broken_shop import FILES, Shop

DEAR, OUT = "sql/transforms/dear.sql", "sql/sinks/large_orders.sql"
BOMB = "name: shop\nvars:\n  a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"  {chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(9))

# (file, its content, words of the message): project.yml and profiles.yml that can't be used, exit code 2
UNUSABLE = {
    "yaml_not_closed": ("project.yml", "name: shop\njobs: {daily: [\n", ["not YAML", "project.yml:3:1"]),
    "yaml_with_a_tab": ("project.yml", "name: shop\njobs:\n\tdaily: x\n", ["a tab can't indent YAML", "project.yml:3:1"]),
    "misspelt_key": ("project.yml", "name: shop\njbos: {}\n", ["unknown key `jbos`", "did you mean `jobs`?", "project.yml:2:1"]),
    "key_twice": ("project.yml", "name: shop\nname: shed\n", ["`name` stands here twice", "project.yml:2:1"]),
    "empty": ("project.yml", "", ["must be a mapping", "project.yml:1:1"]),
    "a_list": ("project.yml", "- name: shop\n", ["must be a mapping"]),
    "binary": ("project.yml", b"\x00\xff\xfe", ["project.yml holds binary data"]),
    "latin_1": ("project.yml", b"name: sh\xf6p\n", ["project.yml is not UTF-8", "line 1"]),
    "anchors_that_explode": ("project.yml", BOMB, ["expands to too many values"]),
    "lists_in_lists": ("project.yml", "name: shop\nvars: " + "[" * 3000 + "]" * 3000, ["too many values or levels"]),
    "other_flink": ("project.yml", "name: shop\nflink_version: '1.20'\n", ["flink_version", "project.yml:2"]),
    "job_without_selection": ("project.yml", "name: shop\njobs: {daily: {}}\n", ["select", "project.yml:2"]),
    "profiles_not_closed": ("profiles.yml", "shop: {outputs: \n", ["not YAML", "profiles.yml"]),
    "secret_in_plain_text": (
        "profiles.yml", "shop: {outputs: {local: {type: local, postgres: {url: 'x', user: u, password: 'hunter2'}}}}\n",
        ["`password` stands here in plain text", "FLINKSQL_SECRET_PASSWORD", "profiles.yml:1"]),
    "unknown_type_of_target": ("profiles.yml", "shop: {outputs: {local: {type: locl}}}\n", ["type", "profiles.yml:1"]),
}

# (file, its content, words of the message): mistakes in nodes, macros and functions, exit code 1
WRONG = {
    "template_not_closed": (DEAR, "SELECT id\nFROM {{ ref('orders')\nWHERE 1 = 1\n", ["template syntax", f"{DEAR}:3:1"]),
    "undefined_name": (DEAR, "SELECT id,\n {{ nope }} FROM orders\n", ["`nope` is not defined", f"{DEAR}:2:5"]),
    "missing_variable": (DEAR, "SELECT id\nFROM orders WHERE id > {{ env_var('LIMIT') }}\n",
                         ["the environment variable `LIMIT` is not set", f"{DEAR}:2:35", "give a default"]),
    "missing_var": (DEAR, "SELECT id FROM orders WHERE id > {{ var('limit') }}\n", ["`limit` has no value", f"{DEAR}:1:"]),
    "wrong_ref": (DEAR, "SELECT id, amount\nFROM {{ ref('ordres') }}\n", ["ordres", "did you mean `orders`?", f"{DEAR}:2:"]),
    "endless_loop": (DEAR, "SELECT {% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %} 1\n",
                     ["rounds", f"{DEAR}:1:"]),
    "huge_text": (DEAR, "SELECT '{{ 'x' * 10**10 }}' AS x FROM orders\n", [f"{DEAR}:1:"]),
    "sandbox": (DEAR, "SELECT {{ ''.__class__.__mro__ }} FROM orders\n", ["not allowed in a template", f"{DEAR}:1:"]),
    "include_of_a_file": (DEAR, "SELECT {% include '../../etc/passwd' %} FROM orders", ["there is no template", f"{DEAR}:1:"]),
    "macro_calls_itself": ("macros/m.sql", "{% macro a() %}{{ a() }}{% endmacro %}", None),
    "sql_broken": (DEAR, "SELECT id amount, FROM orders\n", ["something is missing between `,` and `FROM`", f"{DEAR}:1:17"]),
    "string_not_closed": (DEAR, "SELECT id, 'x FROM orders\n", ["a string starts here and never ends", f"{DEAR}:1:12"]),
    "no_statement": (DEAR, "-- later\n", ["this file holds no statement", f"{DEAR}:1:1"]),
    "misspelt_keyword": (DEAR, "SELEC id FROM orders\n", ["did you mean `SELECT`?", f"{DEAR}:1:1"]),
    "nested_too_deeply": (DEAR, "SELECT " + "(" * 9000 + "1" + ")" * 9000 + " FROM orders", ["nested too deeply", DEAR]),
    "binary_sql": (DEAR, b"SELECT id,\x00 amount FROM orders", [f"{DEAR} holds binary data"]),
    "reserved_word": (DEAR, "SELECT id AS order, amount FROM orders\n", ["order", f"{DEAR}:1:14"]),
    "unknown_table": (DEAR, "SELECT id FROM ordres\n", ["no source or transform declares `ordres`", "did you mean `orders`?"]),
    "circle": (DEAR, "SELECT id, amount FROM dear\n", ["`dear` reads itself", f"{DEAR}:1:24"]),
    "name_taken": ("sql/transforms/a/orders.sql", "SELECT 1 AS x\n", ["the name `orders` is taken", "sql/sources/orders.sql"]),
    "wrong_name": (OUT, "CREATE TABLE other (id INT) WITH ('connector' = 'print');\nINSERT INTO other SELECT id FROM dear\n",
                   ["large_orders", f"{OUT}:1:"]),
    "python_broken": ("udfs/f.py", "def f(:\n", ["Python can't read this file", "udfs/f.py:1:"]),
    "type_that_flink_lacks": (
        "udfs/f.py", "from flinksql_runner.udf import udf\n\n\n@udf\ndef f(x: complex) -> int: ...\n",
        ["complex", "udfs/f.py:5:"]),
    "password_in_plain_text": (
        "sql/sources/orders.sql",
        "CREATE TABLE orders (id INT, amount DOUBLE) WITH ('connector' = 'jdbc', 'password' = 'hunter2')\n",
        ["password", "sql/sources/orders.sql:1:"]),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_an_unusable_project_is_told_at_its_place(case: str, shop: Shop) -> None:
    file, content, words = UNUSABLE[case]
    shop.write(file, content)
    shop.run("compile").is_clear(2, f"{file} can't be used", *words)
    assert shop.files() == set(FILES)


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_told_at_its_place(case: str, shop: Shop) -> None:
    file, content, words = WRONG[case]
    shop.write(file, content)
    if file.startswith("macros/"):
        shop.write(DEAR, "SELECT id, {{ a() }} AS amount FROM orders\n")
    said = shop.run("lint")
    said.is_clear(1, *(words or [f"{file}:1:1", "too deep"]))
    assert "hunter2" not in said.text.replace("'password' = 'hunter2'", ""), "the secret is told beside its own line"
    assert shop.files() == {*FILES, file}, "lint wrote something"


def test_one_broken_file_hides_no_other(shop: Shop) -> None:
    shop.write(DEAR, "SELECT {{ nope }} FROM orders\n")
    shop.write("sql/transforms/second.sql", "SELECT id FROM ordres\n")
    shop.write("udfs/f.py", "def f(:\n")
    shop.run("lint").is_clear(1, "`nope` is not defined", "`ordres`", "Python can't read this file")


def test_a_broken_job_leaves_no_old_sql_behind(shop: Shop) -> None:
    shop.run("compile").is_clear(0)
    shop.write(DEAR, "SELECT {{ nope }} FROM orders\n")
    shop.run("compile").is_clear(1, "`nope` is not defined")
    assert "target/compiled/daily.sql" not in shop.files()


def test_a_circle_is_told_with_its_way(shop: Shop) -> None:
    shop.write(DEAR, "SELECT id, amount FROM other\n")
    shop.write("sql/transforms/other.sql", "SELECT id, amount FROM dear\n")
    shop.run("lint").is_clear(1, "dear -> other -> dear", f"{DEAR}:1:24", "sql/transforms/other.sql:1:24")


def test_a_job_without_sinks(shop: Shop) -> None:
    shop.write("project.yml", "name: shop\njobs:\n  daily: {select: large_ordrs}\n")
    shop.run("compile").is_clear(1, "the job `daily` has no sink: nothing matches it", "project.yml:3:")


def test_strange_files_are_told_or_read(shop: Shop) -> None:
    shop.write(DEAR, b"\xef\xbb\xbfSELECT id, amount\r\nFROM orders\r\n")
    (shop.root / "sql" / "loop").symlink_to(shop.root / "sql")
    (shop.root / "sql/transforms/folder.sql").mkdir()
    shop.run("lint", timeout=60).is_clear(0, "sql/loop is not read")


@pytest.mark.parametrize("text", ["{not: [json", "version: 99\n", "", "[]"])
def test_a_broken_lock_is_one_sentence(text: str, shop: Shop) -> None:
    shop.write("flinksql.lock", text)
    shop.run("deps").is_clear(2, "flinksql.lock", "flinksql deps")


def test_an_unknown_connector_gets_the_nearest_and_the_way_to_declare_it(shop: Shop) -> None:
    shop.write("sql/sources/orders.sql", "CREATE TABLE orders (id INT, amount DOUBLE) WITH ('connector' = 'kafak')\n")
    shop.run("deps").is_clear(1, "no jar is known for the connector `kafak`", "did you mean `kafka`?", "dependencies")
    assert "flinksql.lock" not in shop.files()
