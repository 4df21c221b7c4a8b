"""The API by its application: answers, keys, limits, and what it keeps of a request (nothing)."""

from __future__ import annotations

import base64
import json
import os
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image
from privacy_api.app import create_app, description, routes
from privacy_api.examples import scene
from privacy_api.keys import add_key, key_id, new_key
from privacy_api.peers import client_address
from privacy_api.photos import Photo, encode
from privacy_api.settings import Settings, read_settings

from tests.web_api.conftest import Make


@pytest.fixture(scope="module")
def street() -> bytes:
    """A photo with a plate."""
    return encode(Photo(scene(7).pixels, "JPEG"))


@pytest.fixture
def keyed(tmp_path: Path) -> tuple[FlaskClient, str]:
    """An API that needs a key, which may be used three times a minute."""
    shown, kept = new_key("k0001", per_minute=3)
    add_key(tmp_path / "keys.json", kept)
    return create_app(Settings(keys=tmp_path / "keys.json")).test_client(), shown


def test_regions_are_hidden_and_the_rest_is_as_it_was(client: FlaskClient) -> None:
    pixels = scene(7).pixels
    data = encode(Photo(pixels, "PNG"))
    told = client.post("/v1/blur?photo=1", data=data, content_type="image/png", headers={"Accept": "application/json"}).get_json()
    assert (told["height"], told["width"]) == pixels.shape[:2]
    assert (told["type"], told["detector"]) == ("image/png", "plates+faces")
    assert told["regions"]
    back = np.asarray(Image.open(BytesIO(base64.b64decode(told["photo"]))))
    untouched = np.ones(pixels.shape[:2], bool)
    for region in told["regions"]:
        more = region["width"] // 4 + 3
        untouched[max(0, region["top"] - more) : region["top"] + region["height"] + more,
                  max(0, region["left"] - more) : region["left"] + region["width"] + more] = False
        inside = (slice(region["top"], region["top"] + region["height"]), slice(region["left"], region["left"] + region["width"]))
        assert (back[inside] != pixels[inside]).mean() > 0.5
    assert (back[untouched] == pixels[untouched]).all()
    answer = client.post("/v1/blur", data=data, content_type="image/png")
    assert answer.mimetype == "image/png"
    assert int(answer.headers["X-Regions"]) == len(told["regions"])
    assert (np.asarray(Image.open(BytesIO(answer.data))) == back).all()


def test_the_background_is_softened_if_asked(client: FlaskClient, street: bytes) -> None:
    plain, soft = (np.asarray(Image.open(BytesIO(client.post(path, data=street, content_type="image/jpeg").data)), float)
                   for path in ("/v1/blur", "/v1/blur?soften=1"))
    edges = [np.abs(np.diff(p[: p.shape[0] // 5], axis=1)).mean() for p in (plain, soft)]
    assert edges[1] < edges[0] / 2
    assert client.post("/v1/blur?soften=maybe", data=street).status_code == 400


@pytest.mark.parametrize(("accept", "kind"), [
    ("*/*", "image/jpeg"), ("image/*", "image/jpeg"), ("", "image/jpeg"), ("application/json", "application/json"),
    ("image/webp,image/*,*/*;q=0.8", "image/jpeg"), ("application/json;q=0.9, image/jpeg;q=0.1", "application/json"),
])
def test_accept_chooses(client: FlaskClient, street: bytes, accept: str, kind: str) -> None:
    answer = client.post("/v1/blur", data=street, headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.mimetype) == (200, kind)


def test_what_nobody_makes_is_not_acceptable(client: FlaskClient, street: bytes) -> None:
    assert client.post("/v1/blur", data=street, headers={"Accept": "text/html"}).status_code == 406


def form(data: bytes, name: str = "photo") -> bytes:
    """The body of a form with one file, whose boundary is x."""
    return (f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="../../etc/passwd.jpg"\r\n\r\n'.encode() + data
            + b"\r\n--x--\r\n")


def test_a_form_is_taken_and_no_file_is_written(client: FlaskClient, street: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def reading(path: str, flags: int, *more: int, **others: int) -> int:
        assert not flags & (os.O_WRONLY | os.O_RDWR), "a photo was about to be written into a file"
        return real(path, flags, *more, **others)

    monkeypatch.setattr(os, "open", reading)
    kind = "multipart/form-data; boundary=x"
    large = street + b"\0" * 3_000_000      # what is large goes into files by itself elsewhere
    assert client.post("/v1/blur", data=form(large), content_type=kind).status_code == 200
    assert client.post("/v1/blur", data=form(street, "other"), content_type=kind).get_json()["error"]["code"] == "no_photo"
    assert client.post("/v1/blur", data={"photo": "x"}, content_type="application/x-www-form-urlencoded").status_code == 415


def test_too_large_is_told(street: bytes) -> None:
    small = create_app(Settings(max_bytes=10_000)).test_client()
    just_over = b"\xff" * 10_001        # less than the frame of a form would take on top
    sent = [(data, "image/jpeg") for data in (street, just_over, street * 10)]
    for data, kind in (*sent, (form(street), "multipart/form-data; boundary=x")):
        answer = small.post("/v1/blur", data=data, content_type=kind)
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (413, "too_large")


def test_keys_are_asked_for(keyed: tuple[FlaskClient, str], street: bytes) -> None:
    client, shown = keyed
    for wrong in ("", "k0001", "k0001.", "k0001.wrong", "k0002." + shown.partition(".")[2], shown + "x", "\u00e9.\u00e9"):
        answer = client.post("/v1/blur", data=street, headers={"X-API-Key": wrong})
        assert answer.status_code == 401
        assert "WWW-Authenticate" in answer.headers
    assert client.post("/v1/blur", data=street, headers={"X-API-Key": shown}).status_code == 200


def test_keys_have_limits(keyed: tuple[FlaskClient, str], photo: Make) -> None:
    client, shown = keyed
    key = {"X-API-Key": shown}
    assert client.get("/v1/usage", headers=key).get_json() == {"key": "k0001", "per_minute": 3, "remaining": 3}
    left = [client.post("/v1/blur", data=photo(), headers=key).headers["X-RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    refused = client.post("/v1/blur", data=photo(), headers=key)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_guessing_keys_ends(keyed: tuple[FlaskClient, str], photo: Make) -> None:
    client, shown = keyed
    found = [client.post("/v1/blur", data=b"x", headers={"X-API-Key": f"k{n}.x"}).status_code for n in range(40)]
    assert set(found[:30]) == {401}
    assert set(found[31:]) == {429}
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.post("/v1/blur", data=photo(), headers={"X-API-Key": shown}, environ_base=elsewhere).status_code == 200


def test_a_new_key_is_seen_and_a_broken_file_changes_nothing(tmp_path: Path, photo: Make) -> None:
    path = tmp_path / "keys.json"
    add_key(path, new_key("first")[1])
    client = create_app(Settings(keys=path)).test_client()
    shown, kept = new_key("second")
    add_key(path, kept)
    assert client.post("/v1/blur", data=photo(), headers={"X-API-Key": shown}).status_code == 200
    path.write_text("{ broken")
    assert client.post("/v1/blur", data=photo(), headers={"X-API-Key": shown}).status_code == 200
    assert shown.partition(".")[2] not in json.dumps(kept.__class__.__name__ + path.read_text())


def test_public_parts_of_keys() -> None:
    assert key_id("k1.secret") == "k1"
    assert {key_id(shown) for shown in ("k1", "", ".x", "a b.x", "k\n1.x", "x" * 65 + ".y")} == {""}
    with pytest.raises(ValueError, match="letters, digits"):
        new_key("a.b")


@pytest.mark.parametrize(("peer", "forwarded", "trusted", "client"), [
    ("203.0.113.9", "10.0.0.1", "", "203.0.113.9"),                             # nobody is trusted: it is the client's own word
    ("127.0.0.1", "203.0.113.9", "127.0.0.1", "203.0.113.9"),
    ("127.0.0.1", "1.1.1.1, 203.0.113.9", "127.0.0.1", "203.0.113.9"),          # what the client wrote stands to the left
    ("127.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.7", "127.0.0.1 10.0.0.0/8", "203.0.113.9"),
    ("127.0.0.1", "203.0.113.9, rubbish", "127.0.0.1", "127.0.0.1"),
    ("127.0.0.1", "", "127.0.0.1", "127.0.0.1"),
    ("::1", "[2001:db8::7]:4711", "::1", "2001:db8::7"),
    ("127.0.0.1", "203.0.113.9:55", "127.0.0.0/8", "203.0.113.9"),
    ("127.0.0.1", '"><script>', "127.0.0.1", "127.0.0.1"),
])
def test_only_proxies_tell_who_the_client_is(peer: str, forwarded: str, trusted: str, client: str) -> None:
    settings = read_settings({"PRIVACY_API_TRUSTED": trusted})
    assert client_address(peer, forwarded, settings.trusted) == client


def test_ids_of_requests_are_the_gateways(photo: Make) -> None:
    given = {"X-Request-Id": "0123456789abcdef" * 2}
    told = create_app(read_settings({"PRIVACY_API_TRUSTED": "127.0.0.1"})).test_client().get("/healthz", headers=given)
    assert told.headers["X-Request-Id"] == given["X-Request-Id"]
    own = create_app(Settings()).test_client().get("/healthz", headers=given).headers["X-Request-Id"]
    assert own != given["X-Request-Id"]
    assert len(own) == 32


def test_the_description_tells_all_paths(client: FlaskClient) -> None:
    told = {(method.upper(), path) for path, methods in description()["paths"].items() for method in methods}
    assert told == set(routes(client.application))
    assert client.get("/openapi.json").get_json() == description()


def test_examples_are_always_the_same(client: FlaskClient) -> None:
    first, again = client.get("/v1/examples/3"), client.get("/v1/examples/3")
    assert first.data == again.data
    assert first.mimetype == "image/jpeg"
    assert len(client.get("/v1/examples").get_json()["examples"]) == 500
    small = Image.open(BytesIO(client.get("/v1/examples/3?width=320").data))
    assert small.width == 320
    for width in ("0", "159", "9999", "x", "9" * 99):
        assert client.get(f"/v1/examples/3?width={width}").status_code == 400
    for number in ("0", "501", "-1", "x", "99999999999999999999"):
        assert client.get(f"/v1/examples/{number}").status_code == 404


def test_the_page_takes_no_script_from_elsewhere(client: FlaskClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "<script>" not in answer.get_data(as_text=True)
    with client.get("/static/app.js") as script:
        assert script.status_code == 200


def test_other_paths_and_methods_are_told(client: FlaskClient) -> None:
    assert client.get("/v1/nothing<script>").get_json()["error"]["code"] == "not_found"
    assert client.get("/v1/blur").status_code == 405


@pytest.mark.parametrize(("name", "value"), [
    ("PRIVACY_API_TRUSTED", "everybody"), ("PRIVACY_API_MAX_BYTES", "many"), ("PRIVACY_API_MAX_PIXELS", "0"),
])
def test_wrong_settings_are_told_by_name(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        read_settings({name: value})


@pytest.mark.parametrize("detector", ["eyes", "onnx:", "onnx:nothing.onnx", "cascades+eyes"])
def test_wrong_detectors_are_told(detector: str) -> None:
    with pytest.raises(ValueError, match="detector"):
        create_app(Settings(detector=detector))
