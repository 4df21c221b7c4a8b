"""Alerts against injected attacks."""

from __future__ import annotations

import pytest

from flinksql_runner.demo.attacks import Alert, Found, belongs, compare, wrong_alerts
from flinksql_runner.simulate.api_logs.attacks import Label

SCAN = Label(0, "path_scanning", ("192.0.2.1",), "", "", 100_000, 120_000, 40)
SHARED = Label(1, "key_sharing", ("192.0.2.2", "192.0.2.3"), "k1", "", 100_000, 120_000, 40)
FLOOD = Label(2, "distributed_flood", ("192.0.2.4", "192.0.2.5"), "", "/v1/blur", 100_000, 120_000, 400)


@pytest.mark.parametrize(("alert", "label", "is_right"), [
    (Alert("path_scanning", "192.0.2.1", 105_000, 118_000), SCAN, True),
    (Alert("scraping", "192.0.2.1", 105_000, 118_000), SCAN, False),
    (Alert("path_scanning", "192.0.2.9", 105_000, 118_000), SCAN, False),
    (Alert("path_scanning", "192.0.2.1", 130_000, 140_000), SCAN, True),
    (Alert("path_scanning", "192.0.2.1", 130_001, 140_000), SCAN, False),
    (Alert("path_scanning", "192.0.2.1", 80_000, 90_000), SCAN, True),
    (Alert("path_scanning", "192.0.2.1", 80_000, 89_999), SCAN, False),
    (Alert("key_sharing", "k1", 105_000, 118_000), SHARED, True),
    (Alert("key_sharing", "192.0.2.2", 105_000, 118_000), SHARED, False),
    (Alert("distributed_flood", "/v1/blur", 105_000, 118_000), FLOOD, True),
    (Alert("distributed_flood", "192.0.2.4", 105_000, 118_000), FLOOD, False),
])
def test_an_alert_belongs_to_an_attack_of_its_kind_subject_and_time(alert: Alert, label: Label, is_right: bool) -> None:
    assert belongs(alert, label) is is_right


def test_attacks_and_alerts_are_counted_by_kind() -> None:
    alerts = [Alert("path_scanning", "192.0.2.1", 105_000, 118_000), Alert("path_scanning", "192.0.2.1", 119_000, 125_000),
              Alert("path_scanning", "192.0.2.7", 105_000, 118_000), Alert("scraping", "192.0.2.1", 105_000, 118_000)]
    assert wrong_alerts([SCAN, SHARED], alerts) == alerts[2:]
    found = compare([SCAN, SHARED], alerts)
    assert found == {"path_scanning": Found(1, 1, 3, 2), "key_sharing": Found(1, 0, 0, 0), "scraping": Found(0, 0, 1, 0)}
    assert (found["path_scanning"].recall, found["path_scanning"].precision) == (1.0, 0.6667)
    assert (found["key_sharing"].recall, found["key_sharing"].precision) == (0.0, None)
    assert (found["scraping"].recall, found["scraping"].precision) == (None, 0.0)
    assert found["scraping"] + found["path_scanning"] == Found(1, 1, 4, 2)
