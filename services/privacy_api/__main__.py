"""``python -m privacy_api``: runs the API, and makes keys."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import click

from privacy_api.keys import PER_MINUTE, add_key, new_key
from privacy_api.serve import LOOPBACK, Plan, StartError, find_nginx, run
from privacy_api.settings import read_settings


@click.group()
def main() -> None:
    """A web API that hides number plates and faces in photos. Settings are variables PRIVACY_API_* (docs/privacy_api.md)."""


@main.command()
@click.option("--host", default=LOOPBACK, show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port; by default a free one, which is printed.")
@click.option("--servers", type=click.IntRange(1, 64), default=2, show_default=True, help="How many servers share the work.")
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="Photos that a server hides at once.")
@click.option("--logs", type=click.Path(file_okay=False, path_type=Path), default=Path("logs"), show_default=True,
              help="The folder of access logs.")
@click.option("--gateway", type=click.Choice(["auto", "nginx", "none"]), default="auto", show_default=True,
              help="nginx in front; auto: where it is installed.")
def serve(host: str, port: int, servers: int, threads: int, logs: Path, gateway: str) -> None:
    """Run the API until Ctrl-C; its address is printed."""
    nginx = None if gateway == "none" else find_nginx()
    if gateway == "nginx" and nginx is None:
        raise click.ClickException("nginx is not installed: install it (Debian: apt install nginx-light), or choose "
                                   "--gateway none.")
    try:
        settings = read_settings()
        with tempfile.TemporaryDirectory(prefix="privacy-api-") as work:
            Path(work).chmod(0o755)     # nginx's workers are somebody else where root starts it
            sys.exit(run(Plan(host, port, servers, threads, logs.absolute(), Path(work), nginx), settings))
    except (StartError, ValueError) as problem:
        raise click.ClickException(f"{problem}") from None


@main.command()
@click.argument("key_id", metavar="KEYID")
@click.option("--file", "path", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file of keys.")
@click.option("--per-minute", type=click.IntRange(1), default=PER_MINUTE, show_default=True, help="How often it may be used.")
def key(key_id: str, path: Path, per_minute: int) -> None:
    """Make a key and print it once: the file keeps a hash. The API sees the change by itself."""
    try:
        shown, kept = new_key(key_id, per_minute)
        add_key(path, kept)
    except (OSError, ValueError, json.JSONDecodeError) as problem:
        raise click.ClickException(f"{problem}") from None
    click.echo(shown)


if __name__ == "__main__":
    main(prog_name="python -m privacy_api")
