"""The API itself: ``create_app`` makes Flask's application."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Sequence
from importlib.resources import files
from io import BytesIO
from typing import Any
from uuid import uuid4

from flask import Flask, Response, g, jsonify, render_template, request
from flask.wrappers import Request
from werkzeug.exceptions import HTTPException

from privacy_api.access_log import REQUEST_ID
from privacy_api.detectors import new_detector
from privacy_api.examples import EXAMPLES, example
from privacy_api.guard import Guard
from privacy_api.keys import Key
from privacy_api.masking import masked, softened
from privacy_api.peers import client_address
from privacy_api.photos import TYPES, encode, open_photo
from privacy_api.problems import Problem
from privacy_api.regions import Region
from privacy_api.settings import Settings

_PAGE_POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
                "base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
_JSON = "application/json"


class _InMemory(Request):
    """Keeps uploads in memory: a photo must not lie in a file for a moment."""

    max_form_memory_size = 100_000
    max_form_parts = 20

    def _get_file_stream(self, *_: Any, **__: Any) -> BytesIO:
        return BytesIO()


class _Hurried:
    """A request's body that has to be there in time, however slowly it drips."""

    def __init__(self, stream: Any, seconds: float) -> None:
        self._stream, self._until = stream, time.monotonic() + seconds

    def read(self, *size: int) -> bytes:
        """Like a file's.

        :raises Problem: 408 where time is over.
        """
        return self._in_time(self._stream.read, *size)

    def readline(self, *size: int) -> bytes:
        """Like a file's.

        :raises Problem: 408 where time is over.
        """
        return self._in_time(self._stream.readline, *size)

    def _in_time(self, read: Any, *size: int) -> bytes:
        if time.monotonic() > self._until:
            raise Problem(408, "too_slow", "The photo did not come in time.")
        try:
            found: bytes = read(*size)
            return found
        except TimeoutError:
            raise Problem(408, "too_slow", "The photo did not come in time.") from None


def create_app(settings: Settings) -> Flask:
    """The application of one process.

    :raises ValueError: where the detector or the file of keys can't be used.
    """
    app = Flask("privacy_api")
    app.request_class = _InMemory
    app.config["MAX_CONTENT_LENGTH"] = settings.max_bytes + 100_000      # with the frame of a form around it
    app.json.sort_keys = False      # type: ignore[attr-defined]
    detector, guard = new_detector(settings.detector), Guard(settings.keys, settings.per_minute)

    @app.before_request
    def begin() -> None:
        peer, forwarded = request.remote_addr or "", request.headers.get("X-Forwarded-For", "")
        g.client = client_address(peer, forwarded, settings.trusted)
        given = request.headers.get("X-Request-Id", "")
        is_gateway = client_address(peer, "0.0.0.0", settings.trusted) == "0.0.0.0"     # only a proxy's id names a request
        g.request_id = given if is_gateway and REQUEST_ID.fullmatch(given) else uuid4().hex
        request.environ["wsgi.input"] = _Hurried(request.environ["wsgi.input"], settings.body_seconds)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id") or uuid4().hex
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    @app.errorhandler(Problem)
    def told(problem: Problem) -> tuple[Response, int, dict[str, str]]:
        return jsonify(error={"code": problem.code, "message": problem.message}), problem.status, problem.headers

    @app.errorhandler(HTTPException)
    def told_by_http(problem: HTTPException) -> tuple[Response, int]:
        code, message = _words(problem, settings)
        return jsonify(error={"code": code, "message": message}), problem.code or 500

    @app.errorhandler(Exception)
    def failed(problem: Exception) -> tuple[Response, int]:
        app.logger.error("request %s failed: %s", g.get("request_id"), type(problem).__name__)     # never a word of the photo
        return jsonify(error={"code": "failed", "message": "The API failed; the request's id is in X-Request-Id."}), 500

    @app.post("/v1/blur")
    def blur() -> Response:
        key = guard.admitted(request.headers.get("X-API-Key", ""), g.client)
        wants_json = _wants_json()
        photo = open_photo(_body(settings.max_bytes), settings.max_pixels)
        regions = detector.regions(photo.pixels)
        hidden = masked(photo.pixels, regions)
        if _is_on("soften"):
            hidden = softened(hidden, regions)
        data = encode(type(photo)(hidden, photo.format, photo.alpha, photo.profile))
        height, width = photo.pixels.shape[:2]
        if wants_json:
            found: dict[str, Any] = {"width": width, "height": height, "type": TYPES[photo.format], "detector": detector.name,
                                     "regions": [_told(r) for r in regions]}
            if _is_on("photo"):
                found["photo"] = base64.b64encode(data).decode()
            answer = jsonify(found)
        else:
            answer = Response(data, mimetype=TYPES[photo.format])
        answer.headers["X-Regions"] = str(len(regions))
        answer.headers["Vary"] = "Accept"
        return _with_limits(answer, guard, key)

    @app.get("/v1/usage")
    def usage() -> Response:
        key = guard.admitted(request.headers.get("X-API-Key", ""), g.client, is_counted=False)
        return _with_limits(jsonify(guard.usage(key, g.client)), guard, key)

    @app.get("/v1/examples")
    def examples() -> Response:
        return jsonify(examples=[{"n": n, "photo": f"/v1/examples/{n}"} for n in range(1, EXAMPLES + 1)])

    @app.get("/v1/examples/<int:number>")
    def one_example(number: int) -> Response:
        if not 1 <= number <= EXAMPLES:
            raise Problem(404, "no_such_example", f"There are examples 1 to {EXAMPLES}.")
        answer = Response(example(number, _width()), mimetype="image/jpeg")
        answer.headers["Cache-Control"] = "public, max-age=86400"
        return answer

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok", detector=detector.name)

    @app.get("/openapi.json")
    def openapi() -> Response:
        return Response(files("privacy_api").joinpath("openapi.json").read_bytes(), mimetype=_JSON)

    @app.get("/")
    def page() -> Response:
        answer = Response(render_template("index.html", max_bytes=settings.max_bytes, needs_key=settings.keys is not None))
        answer.headers["Content-Security-Policy"] = _PAGE_POLICY
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    return app


def _body(max_bytes: int) -> bytes:
    """The photo: the body itself, or the file ``photo`` of a form."""
    if request.mimetype == "multipart/form-data":
        file = request.files.get("photo")
        if file is None:
            raise Problem(400, "no_photo", "The form has no file named photo.")
        data = bytes(file.read())
    elif request.mimetype == "application/x-www-form-urlencoded":
        raise Problem(415, "not_a_photo", "Send the photo itself, or a form with a file named photo.")
    else:
        data = request.get_data(cache=False)
    if not data:
        raise Problem(400, "no_photo", "The body is empty: send a photo.")
    if len(data) > max_bytes:
        raise Problem(413, "too_large", _too_large(max_bytes))
    return data


def _wants_json() -> bool:
    """Whether regions are asked for in place of the photo; by default it is the photo."""
    accepted = request.accept_mimetypes
    best = accepted.best_match([*TYPES.values(), _JSON]) if accepted else "image/jpeg"
    if best is None:
        raise Problem(406, "not_acceptable", f"Answers are photos ({', '.join(TYPES.values())}) or {_JSON}.")
    return best == _JSON


def _is_on(name: str) -> bool:
    """A switch of the query: ``soften=1``.

    :raises Problem: 400 for anything but 0, 1, true and false.
    """
    text = request.args.get(name, "0").lower()
    if text not in ("0", "1", "true", "false"):
        raise Problem(400, "bad_switch", f"{name} is 0 or 1.")
    return text in ("1", "true")


def _width() -> int | None:
    """The width that an example is asked for in, pixels.

    :raises Problem: 400 where it is no number from 160 to 1280.
    """
    text = request.args.get("width")
    if text is None:
        return None
    if not text.isdecimal() or not 160 <= int(text[:6]) <= 1280:
        raise Problem(400, "bad_width", "width is a number from 160 to 1280.")
    return int(text)


def _told(region: Region) -> dict[str, Any]:
    return {"kind": region.kind, "left": region.left, "top": region.top, "width": region.width, "height": region.height,
            "score": region.score}


def _with_limits(answer: Response, guard: Guard, key: Key | None) -> Response:
    told = guard.usage(key, g.client)
    answer.headers["X-RateLimit-Limit"] = str(told["per_minute"])
    answer.headers["X-RateLimit-Remaining"] = str(told["remaining"])
    return answer


def _words(problem: HTTPException, settings: Settings) -> tuple[str, str]:
    known = {404: ("not_found", "There is nothing at this path: /openapi.json tells what there is."),
             405: ("wrong_method", "This path takes other methods: /openapi.json tells which."),
             413: ("too_large", _too_large(settings.max_bytes))}
    other = ((problem.name or "failed").lower().replace(" ", "_"), problem.description or "It failed.")
    return known.get(problem.code or 500, other)


def _too_large(max_bytes: int) -> str:
    return f"At most {max_bytes / 1e6:g} MB are taken."


def description() -> dict[str, Any]:
    """The API's description in OpenAPI 3.1."""
    found: dict[str, Any] = json.loads(files("privacy_api").joinpath("openapi.json").read_text(encoding="utf-8"))
    return found


def routes(app: Flask) -> Sequence[tuple[str, str]]:
    """Method and path of everything that the application answers, without static files."""
    return sorted((method, rule.rule.replace("<int:number>", "{n}")) for rule in app.url_map.iter_rules()
                  for method in (rule.methods or ()) if method in ("GET", "POST") and rule.endpoint != "static")
