"""Which detector hides: the one that the settings name."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from privacy_api.cascades import Cascades
from privacy_api.onnx_detector import OnnxDetector
from privacy_api.regions import Detector, Pixels, Region


class Together:
    """Several detectors: what one of them finds is hidden."""

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._detectors = list(detectors)
        self.name = "+".join(d.name for d in detectors)

    def regions(self, photo: Pixels) -> Sequence[Region]:
        """All regions of all of them."""
        return [region for detector in self._detectors for region in detector.regions(photo)]


def new_detector(text: str) -> Detector:
    """``plates`` (our small network), ``faces`` (cascades), ``cascades`` (for both), ``onnx:MODEL.onnx`` (any other network, with
    ``MODEL.json`` beside it), or several with ``+`` in between.

    :raises ValueError: where it names none, or a file is missing.
    """
    found = [_one(name.strip()) for name in text.split("+")]
    return found[0] if len(found) == 1 else Together(found)


def _one(text: str) -> Detector:
    kind, _, path = text.partition(":")
    if text == "cascades":
        return Cascades()
    if text == "faces":
        return Cascades("faces", ("face",))
    if text == "plates":
        return OnnxDetector(Path(str(files("privacy_api").joinpath("models") / "plates.onnx")))
    if kind == "onnx" and path:
        return OnnxDetector(Path(path))
    raise ValueError(f"there is no detector {text!r}: choose plates, faces, cascades or onnx:MODEL.onnx, or several with + in "
                     "between")
