"""Detectors behind one protocol: ours finds plates of scenes, any ONNX file by its description, several together."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from privacy_api.cascades import Cascades
from privacy_api.detectors import Together, new_detector
from privacy_api.examples import scene
from privacy_api.onnx_detector import OnnxDetector
from privacy_api.regions import Region

Write = Callable[..., Path]
PHOTO = np.zeros((300, 600, 3), np.uint8)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A model that gives the same whatever it sees, with its description."""

    def make(out: Any, **told: Any) -> Path:
        path = tmp_path / "model.onnx"
        constant = numpy_helper.from_array(np.asarray(out, np.float32), "told")
        # the photo is looked at, so that a photo of a wrong shape would be told
        nodes = [helper.make_node("ReduceMin", ["photo"], ["least"], keepdims=0),
                 helper.make_node("Sub", ["least", "least"], ["zero"]), helper.make_node("Add", ["told", "zero"], ["out"])]
        shape = [1, 3, None, None] if told.get("multiple") else [1, 3, told.get("side", 320), told.get("side", 320)]
        graph = helper.make_graph(nodes, "m", [helper.make_tensor_value_info("photo", TensorProto.FLOAT, shape)],
                                  [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)], [constant])
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), str(path))
        path.with_suffix(".json").write_text(json.dumps({"side": 320, "kinds": ["plate", "face"], "output": "boxes", **told}))
        return path

    return make


def covered(region: Region, plate: Region) -> float:
    """The share of a plate that a region covers, grown as it is when it is hidden."""
    box = region.grown(0.15, 10_000, 10_000)
    wide = min(box.left + box.width, plate.left + plate.width) - max(box.left, plate.left)
    high = min(box.top + box.height, plate.top + plate.height) - max(box.top, plate.top)
    return max(0, wide) * max(0, high) / (plate.width * plate.height)


def test_plates_of_scenes_are_found() -> None:
    detector, found, plates, told = new_detector("plates"), 0, 0, 0
    for seed in range(70_000, 70_025):
        made = scene(seed)
        regions = detector.regions(made.pixels)
        told += len(regions)
        plates += len(made.plates)
        found += sum(any(covered(r, plate) >= 0.9 for r in regions) for plate in made.plates)
    assert plates >= 20
    assert found >= plates - 1
    assert told < plates * 1.6


def test_a_photo_is_looked_at_in_its_own_size() -> None:
    """Small ones are not enlarged, large ones fit: regions are told in pixels of the photo in both."""
    detector = new_detector("plates")
    made = next(s for s in map(scene, range(80_000, 80_100)) if len(s.plates) == 1 and s.plates[0].width > 110 and not s.partial)
    for scale in (1.0, 0.5):
        pixels = cv2.resize(made.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        plate = made.plates[0]
        small = Region("plate", round(plate.left * scale), round(plate.top * scale), round(plate.width * scale),
                       round(plate.height * scale), 1.0)
        assert max(covered(r, small) for r in detector.regions(pixels)) >= 0.9


def test_boxes_are_brought_into_the_photo(write: Write) -> None:
    """Side 320 for a photo of 600 x 300: everything is told by 1.875 smaller, and may reach beyond it."""
    path = write([[[32, 16, 96, 48, 0.9, 0], [-50, -50, 500, 500, 0.5, 1], [0, 0, 9, 9, 0.1, 0], [0, 0, 9, 9, 0.9, 7]]])
    assert OnnxDetector(path).regions(PHOTO) == [
        Region("plate", 60, 30, 120, 60, 0.9), Region("face", 0, 0, 600, 300, 0.5)]


def test_a_small_photo_is_not_enlarged(write: Write) -> None:
    path = write([[[16, 8, 48, 24, 0.9, 0]]], multiple=8)
    assert OnnxDetector(path).regions(np.zeros((60, 100, 3), np.uint8)) == [Region("plate", 16, 8, 32, 16, 0.9)]


def test_heat_becomes_regions(write: Write) -> None:
    heat = np.zeros((1, 2, 40, 40), np.float32)
    heat[0, 0, 4, 8:16] = 0.6
    heat[0, 0, 4, 10] = 0.9
    heat[0, 0, 12, 20] = 0.6        # a patch without a peak
    heat[0, 1, 0, 0] = 0.95
    path = write(heat, output="heat", threshold=0.5, peak=0.8)
    assert OnnxDetector(path).regions(PHOTO) == [
        Region("plate", 120, 60, 120, 15, 0.9), Region("face", 0, 0, 15, 15, 0.95)]


def test_several_work_together(write: Write) -> None:
    path = write([[[32, 16, 96, 48, 0.9, 0]]], name="mine")
    both = new_detector(f"onnx:{path}+onnx:{path}")
    assert isinstance(both, Together)
    assert both.name == "mine+mine"
    assert len(both.regions(PHOTO)) == 2


@pytest.mark.parametrize(("change", "words"), [
    ({"output": "words"}, "boxes or heat"), ({"kinds": ["cat"]}, "plate and face"), ({"side": "large"}, "side|large|int"),
])
def test_wrong_descriptions_are_told(write: Write, change: dict[str, Any], words: str) -> None:
    path = write([[[0, 0, 1, 1, 1, 0]]])
    told = json.loads(path.with_suffix(".json").read_text())
    path.with_suffix(".json").write_text(json.dumps({**told, **change}))
    with pytest.raises(ValueError, match=words):
        OnnxDetector(path)


def test_what_is_no_model_is_told(write: Write) -> None:
    path = write([[[0, 0, 1, 1, 1, 0]]])
    path.write_bytes(b"no model")
    with pytest.raises(ValueError, match="no model that ONNX Runtime opens"):
        OnnxDetector(path)
    path.with_suffix(".json").unlink()
    with pytest.raises(ValueError, match="can't be used"):
        OnnxDetector(path)


def test_cascades_answer_in_an_order() -> None:
    pixels = scene(7).pixels
    first = Cascades().regions(pixels)
    assert first == Cascades().regions(pixels)
    assert {r.kind for r in Cascades("faces", ("face",)).regions(pixels)} <= {"face"}
