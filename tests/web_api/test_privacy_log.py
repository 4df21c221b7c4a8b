"""Lines of the API's own log: whatever a client sends, a line stays one line of JSON, and has the fields that the job reads."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from privacy_api.access_log import line
from privacy_api.serve import Plan, gateway_config
from privacy_api.settings import Settings, read_settings

ROOT = Path(__file__).resolve().parents[2]
ID = "0123456789abcdef" * 2


def told(**environ: object) -> dict[str, object]:
    given = {"REMOTE_ADDR": "203.0.113.9", "REQUEST_METHOD": "GET", "RAW_URI": "/", **environ}
    text = line(given, 200, 17, 0.0123, server="api-1", request_id=ID, settings=Settings(), moment=1795658672.1089)
    assert len(text.splitlines()) == 1, "one request is one line, for whoever splits lines by Unicode's rules, too"
    found: dict[str, object] = json.loads(text)
    return found


def test_fields_are_those_of_the_job_in_its_order() -> None:
    macro = (ROOT / "macros" / "access_log.sql").read_text(encoding="utf-8")
    fields = re.search(r"macro line_fields\(\) -%}\s+(.*?)\s+\{%- endmacro", macro, re.DOTALL)
    assert fields is not None
    assert list(told()) == fields[1].split()
    config = gateway_config(Plan("127.0.0.1", 0, 1, 1, Path("/logs"), Path("/work"), "nginx"), 8080, [8081], Settings())
    shape = "".join(re.findall(r"'(.*?)'", config[config.index("log_format") : config.index("# of one address")]))
    assert re.findall(r'"(\w+)":', shape) == fields[1].split()


def test_what_it_says() -> None:
    found = told(RAW_URI="/v1/blur?soften=1", REQUEST_METHOD="POST", CONTENT_LENGTH="4711", HTTP_X_API_KEY="k0042.secret",
                 HTTP_USER_AGENT="curl/8.5")
    assert found == {
        "time": "2026-11-26T02:04:32.108Z", "server": "api-1", "request_id": ID, "client": "203.0.113.9", "method": "POST",
        "path": "/v1/blur", "query": "soften=1", "status": 200, "bytes_in": 4711, "bytes_out": 17, "duration_s": 0.012,
        "upstream": "", "upstream_s": "", "api_key_id": "k0042", "user_agent": "curl/8.5"}


@pytest.mark.parametrize("text", [
    'a"b', "a\\b", "a\r\nb", 'x","status":500,"y":"', "\x00\x1b[31m\x7f", "\x85", "\x0b\x0c\x1c\x1d\x1e", "</script><script>",
    "\xff\xfe\xfd", "\xe2\x80\xa8\xe2\x80\xa9", "\xc3\xa9", "x" * 100_000, "${jndi:ldap://x}",
])
def test_no_line_is_forged(text: str) -> None:
    found = told(HTTP_USER_AGENT=text, RAW_URI="/" + text, HTTP_X_API_KEY=text, HTTP_X_FORWARDED_FOR=text)
    assert (found["status"], found["client"], found["api_key_id"]) == (200, "203.0.113.9", "")
    assert found["user_agent"] == text.encode("latin-1").decode("utf-8", "replace")


def test_odd_environments() -> None:
    assert {told(CONTENT_LENGTH=size)["bytes_in"] for size in ("-5", "9" * 30, None, "x")} == {0}
    json.loads(line({}, 400, 0, 0.0, server="api-1", request_id=ID, settings=Settings(), moment=0))


def test_the_gateways_settings_are_the_apis() -> None:
    settings = read_settings({"PRIVACY_API_TRUSTED": "10.0.0.0/8,::1", "PRIVACY_API_MAX_BYTES": "1000"})
    config = gateway_config(Plan("127.0.0.1", 0, 2, 1, Path("/logs"), Path("/work"), "nginx"), 8080, [8081, 8082], settings)
    for words in ("listen 127.0.0.1:8080;", "server 127.0.0.1:8081", "server 127.0.0.1:8082", "set_real_ip_from 10.0.0.0/8;",
                  "set_real_ip_from ::1/128;", "client_max_body_size 101000;", "access_log /logs/access-gw-1.log access;"):
        assert words in config
