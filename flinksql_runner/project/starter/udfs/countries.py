"""Functions that SQL calls: ordinary Python under ``@udf``, testable without Flink."""

from flinksql_runner.udf import udf

CODES = ("DE", "FR", "CN", "US")


@udf
def country_code(number: int) -> str:
    """The code of a country by its number in the source system."""
    return CODES[number % len(CODES)]
