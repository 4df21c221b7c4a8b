"""Any detector in an ONNX file, by a description beside it: which input it takes, and what its output means.

``MODEL.json``: ``{"name": "...", "side": 640, "kinds": ["plate", "face"], "output": "boxes", "threshold": 0.2}``. The input is
one photo, (1, 3, side, side), RGB, 0 to 1, fitted in and filled up with grey (``scale`` and ``shift`` change the values:
x * scale + shift); with ``"multiple": 8`` it is a photo of at most ``side``, not enlarged, filled up to a multiple of 8.
``output`` is ``boxes``: (1, n, 6), left, top, right, bottom in pixels of the input, score and number of the kind, as exported
with non-maximum suppression; or ``heat``: (1, kinds, height / s, width / s), the chance of each cell to lie in such a region:
a patch of cells above ``threshold`` is a region where one of them is above ``peak``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from privacy_api.regions import Kind, Pixels, Region

_GREY = 114
_TINY = 1e-6        # of a pixel: what is left of dividing and multiplying


class OnnxDetector:
    """One model, opened once; a session may be used by all threads."""

    def __init__(self, path: Path) -> None:
        """
        :raises ValueError: where model or description are missing or can't be used.
        """
        try:
            told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            self.name = str(told.get("name", path.stem))
            self._side, self._output = int(told["side"]), str(told["output"])
            self._kinds: list[Kind] = [_kind(kind) for kind in told["kinds"]]
            self._multiple = int(told.get("multiple", 0))
            self._threshold = float(told.get("threshold", 0.2))
            self._peak = float(told.get("peak", self._threshold))
            self._scale, self._shift = float(told.get("scale", 1 / 255)), float(told.get("shift", 0.0))
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = int(told.get("threads", 1))
            self._session: Any = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except (OSError, KeyError, TypeError, json.JSONDecodeError) as problem:
            raise ValueError(f"the detector {path} can't be used: {problem}") from None
        except Exception as problem:    # ONNX Runtime's own errors have no common type
            raise ValueError(f"{path} is no model that ONNX Runtime opens: {str(problem).splitlines()[0]}") from None
        if self._output not in ("boxes", "heat"):
            raise ValueError(f"the output of {path} is boxes or heat, not {self._output!r}")
        self._input = self._session.get_inputs()[0].name

    def regions(self, photo: Pixels) -> Sequence[Region]:
        """What it finds, in pixels of the photo."""
        height, width = photo.shape[:2]
        scale = self._side / max(height, width)
        if self._multiple:
            scale = min(1.0, scale)
        fitted = cv2.resize(photo, (max(1, round(width * scale)), max(1, round(height * scale))),
                            interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        size = ([-(-side // self._multiple) * self._multiple for side in fitted.shape[:2]] if self._multiple
                else [self._side, self._side])
        canvas = np.full((*size, 3), _GREY, np.uint8)
        canvas[: fitted.shape[0], : fitted.shape[1]] = fitted
        values = canvas.transpose(2, 0, 1)[None].astype(np.float32) * np.float32(self._scale) + np.float32(self._shift)
        out = np.asarray(self._session.run(None, {self._input: values})[0])
        found = self._of_boxes(out[0]) if self._output == "boxes" else self._of_heat(out[0], canvas.shape[1] / out.shape[-1])
        return [region for box in found if (region := _region(box, scale, width, height)) is not None]

    def _of_boxes(self, rows: NDArray[np.floating[Any]]) -> list[tuple[Kind, float, float, float, float, float]]:
        return [(self._kinds[int(kind)], left, top, right, bottom, score)
                for left, top, right, bottom, score, kind in rows.astype(float).tolist()
                if score >= self._threshold and 0 <= int(kind) < len(self._kinds)]

    def _of_heat(self, heat: NDArray[np.floating[Any]], cell: float) -> list[tuple[Kind, float, float, float, float, float]]:
        """Each patch of hot cells is one region."""
        found = []
        for kind, layer in zip(self._kinds, heat, strict=False):
            count, marks, stats, _ = cv2.connectedComponentsWithStats((layer >= self._threshold).astype(np.uint8), connectivity=8)
            for number in range(1, count):
                left, top, wide, high, _ = (float(v) for v in stats[number])
                score = float(layer[marks == number].max())
                if score >= self._peak:
                    found.append((kind, left * cell, top * cell, (left + wide) * cell, (top + high) * cell, score))
        return found


def _kind(text: object) -> Kind:
    if text == "plate" or text == "face":
        return text
    raise KeyError(f"kinds are plate and face, not {text!r}")


def _region(box: tuple[Kind, float, float, float, float, float], scale: float, width: int, height: int) -> Region | None:
    kind, left, top, right, bottom, score = box
    x, y = max(0, int(left / scale)), max(0, int(top / scale))
    x2, y2 = min(width, math.ceil(right / scale - _TINY)), min(height, math.ceil(bottom / scale - _TINY))
    return Region(kind, x, y, x2 - x, y2 - y, round(score, 3)) if x2 > x and y2 > y else None
