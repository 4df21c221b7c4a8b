"""Gunicorn's settings: one process with threads (OpenCV and ONNX Runtime let go of Python's lock), and no patience."""

import os

worker_class = "gthread"
workers = 1
timeout = 60
graceful_timeout = 10
keepalive = 15
max_requests = 20_000
max_requests_jitter = 2_000
limit_request_line = 8190
limit_request_fields = 60
logger_class = "privacy_api.access_log.AccessLog"
loglevel = "warning"
control_socket_disable = True       # several servers of one user would want the same socket
_PAUSE_SECONDS = float(os.environ.get("PRIVACY_API_BODY_SECONDS", "30")) / 3


def pre_request(worker, req):  # type: ignore[no-untyped-def]
    """Bodies that stall give their thread back."""
    sock = getattr(req.unreader, "sock", None)
    if sock is not None:
        sock.settimeout(_PAUSE_SECONDS)
