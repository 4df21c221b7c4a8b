"""What users call wrongly: exit code 2 and the way out."""

from __future__ import annotations

import pytest
from broken_shop import FILES, Shop

CALLS = {
    "unknown_verb": (["complie"], ["There is no verb `complie`", "Did you mean `compile`?"]),
    "unknown_option": (["compile", "--outptu", "json"], ["No such option"]),
    "unknown_target": (["compile", "--target", "prodction"], ["there is no target `prodction`", "did you mean `production`?"]),
    "unknown_profile": (["--profile", "shp", "compile"], ["there is no profile `shp`", "did you mean `shop`?"]),
    "variable_of_a_target": (["compile", "-t", "production"], ["`SHOP_KAFKA` is not set", "profiles.yml:5:"]),
    "unknown_job": (["compile", "dayly"], ["There is no job `dayly`", "did you mean `daily`?"]),
    "unknown_job_to_deploy": (["deploy", "dayly"], ["`dayly`", "daily"]),
    "unknown_job_to_stop": (["stop", "dayly"], ["`dayly`", "daily"]),
    "unknown_job_to_explain": (["explain", "dayly"], ["`dayly`", "daily"]),
    "unknown_node": (["render", "daer"], ["daer", "dear"]),
    "unknown_node_to_show": (["show", "--select", "daer"], ["daer"]),
    "nothing_to_show": (["show"], ["--select", "--inline"]),
    "unknown_method": (["ls", "-s", "tga:x"], ["there is no selection method `tga`", "did you mean `tag`?"]),
    "no_selection": (["ls", "-s", "+++"], ["`+++` is no selection"]),
    "vars_no_mapping": (["compile", "--vars", "[1]"], ["--vars takes a mapping"]),
    "vars_no_yaml": (["compile", "--vars", "{a: "], ["--vars is not YAML"]),
    "no_profiles": (["compile", "--profiles-dir", "elsewhere"], ["There is no profiles.yml in elsewhere", "--profiles-dir"]),
    "no_project": (["compile", "--project-dir", "elsewhere"], ["There is no project.yml in", "flinksql init"]),
    "project_there_already": (["init", "."], ["holds a project already"]),
    "demo_contradiction": (["demo", "vehicles", "--restart-at", "90", "--duration", "60"], ["--restart-at must be less"]),
    "unknown_demo": (["demo", "api"], ["vehicles"]),
    "unknown_model": (["model", "train", "nope"], ["nope"]),
    "simulate_nowhere": (["simulate", "vehicles", "--file", "project.yml/x.jsonl", "--duration", "3"], ["project.yml"]),
    "resolved_two_jobs": (["compile", "--resolved", "x.sql", "daily", "daily2"], []),
}


@pytest.mark.parametrize("case", CALLS)
def test_a_wrong_call_is_told(case: str, shop: Shop) -> None:
    arguments, words = CALLS[case]
    shop.run(*arguments).is_clear(2, *words)
    assert shop.files() == set(FILES), "something was written"


def test_a_variable_of_another_target_is_not_missed(shop: Shop) -> None:
    shop.run("compile", "--target", "local").is_clear(0)


def test_a_secret_is_not_missed_before_a_statement_is_sent(shop: Shop) -> None:
    shop.write("sql/sources/orders.sql", "CREATE TABLE orders (id INT, amount DOUBLE) WITH ('connector' = 'jdbc', "
                                         "'password' = '{{ env_var('FLINKSQL_SECRET_X') }}')\n")
    shop.run("compile", env={"FLINKSQL_SECRET_X": "hunter2"}).is_clear(0)
    shop.run("compile").is_clear(0)
    for path in shop.files():
        assert "hunter2" not in (shop.root / path).read_text()
    assert "${FLINKSQL_SECRET_X}" in (shop.root / "target/compiled/daily.sql").read_text()


def test_nothing_selected_is_a_warning(shop: Shop) -> None:
    shop.run("ls", "-s", "nope").is_clear(0, "nothing matches --select nope")


def test_nothing_runs_is_told_not_started(shop: Shop) -> None:
    shop.run("status").is_clear(0, "no local services run")
    shop.run("down").is_clear(0)
    shop.run("stop", "daily").is_clear(0, "daily does not run")
    shop.run("logs").is_clear(0)
