"""Two types under an operator: the analyser refuses none that Flink takes, and misses none but the few told here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from cases import node
from pairs import FORMS, TABLE, VALUES, recorded

from flinksql_runner.analyse.nodes import analyse_node
from flinksql_runner.functions.values import Functions

MISSED: Mapping[str, int] = {
    "=": 12, "NULLIF": 12,  # a text that is no date or time, beside one
    "COALESCE": 15, "GREATEST": 24,  # intervals and numbers
    "<": 2, "BETWEEN": 2,  # rows with fields of several types
}


def test_pairs_of_types() -> None:
    table = analyse_node(node("source", "t", TABLE), {}, Functions())
    refused: list[str] = []
    missed: Counter[str] = Counter()
    total = 0
    for form, sql, is_taken in recorded():
        total += 1
        tells = analyse_node(node("transform", "v", sql), {"t": table}, Functions()).diagnostics
        if is_taken and tells:
            refused.append(f"{sql}: {tells[0].message}")
        elif not is_taken and not tells:
            missed[form] += 1
    assert total == len(FORMS) * len(VALUES) ** 2
    assert refused == []
    assert missed == MISSED
