"""What runs beside the demos, in processes of its own: the page, the log shipper, and cars and servers that go on."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from flinksql_runner.cli.params import Globals
from flinksql_runner.demo.api_logs_values import LogsSpec
from flinksql_runner.demo.values import DemoSpec
from flinksql_runner.project.values import Project
from flinksql_runner.services.beside import PORT, check_beside, kill_beside, start_beside
from flinksql_runner.services.ports import LOOPBACK

_WISH = 28321
_COLLECTOR = "collector"
_NEEDS = ("starlette", "uvicorn", "psycopg_pool")
_API_NEEDS = ("flask", "gunicorn", "limits", "cv2", "PIL")


@dataclass(frozen=True, slots=True)
class DemoBeside:
    """``options`` are those of the demo, with the variables of its run."""

    options: Globals
    project: Project
    name: str

    def page(self) -> str | None:
        """Starts the page and gives its address; None where the project has none, or nothing to serve it with."""
        has_page = any(path.rsplit("/", 1)[-1] == f"{self.name}.yml" for path in self.project.dashboards)
        if not has_page or any(find_spec(name) is None for name in _NEEDS):
            return None
        words = [*self._globals(), "dashboard", self.name, "--port", PORT]
        port = start_beside(self.project.root, "dashboard", words, os.environ, _WISH)
        return f"http://{LOOPBACK}:{port}/d/{self.name}"

    def cars(self, spec: DemoSpec, topic: str) -> None:
        """Lets cars drive on, other ones than those of the run."""
        start_beside(self.project.root, "simulator", [
            *self._globals(), "simulate", "vehicles", "--cars", str(spec.cars), "--seed", str(spec.seed + 1),
            "--time-scale", f"{spec.scale:g}", "--topic", topic], os.environ)

    def start(self, files: Sequence[str], topic: str, state: str) -> None:
        """Lets the collector ship lines of files, from where ``state`` says."""
        start_beside(self.project.root, _COLLECTOR, [*self._globals(), "collect", *files, "--topic", topic, "--state", state],
                     os.environ)

    def api(self, logs: str, keys: str) -> str | None:
        """Starts the project's web API and gives its address; None where the project has none, or a package is missing."""
        services = self.project.root / "services"
        if not (services / "privacy_api").is_dir() or any(find_spec(name) is None for name in _API_NEEDS):
            return None
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(services), os.environ.get("PYTHONPATH")))),
               "PRIVACY_API_KEYS": keys, "PRIVACY_API_TRUSTED": LOOPBACK}
        port = start_beside(self.project.root, "api", ["serve", "--port", PORT, "--logs", logs], env, 0, module="privacy_api")
        return f"http://{LOOPBACK}:{port}"

    def kill(self) -> None:
        """Ends the collector as a crash would."""
        kill_beside(self.project.root, _COLLECTOR)

    def check(self) -> None:
        """Raises a Failure where the collector has ended by itself."""
        check_beside(self.project.root, _COLLECTOR)

    def more_lines(self, spec: LogsSpec, folder: str) -> None:
        """Lets servers go on, with other requests than those of the run."""
        start_beside(self.project.root, "simulator", [
            *self._globals(), "simulate", "api_logs", "--rate", f"{spec.rate:g}", "--seed", str(spec.seed + 1),
            "--attacks", f"{spec.attacks:g}", "--folder", folder], os.environ)

    def _globals(self) -> Sequence[str]:
        options, profiles = self.options, self.options.profiles_dir
        given = (("--project-dir", self.project.root), ("--profiles-dir", profiles and profiles.absolute()),
                 ("--profile", options.profile), ("--target", options.target))
        return [w for name, value in given if value for w in (name, str(value))] + ["--vars", json.dumps(dict(options.vars))]
