"""Trains the small neural detector of plates on rendered photos, and writes it as ONNX with its description.

``PYTHONPATH=services python -m privacy_api.training.train_plates [--photos 3000] [--steps 2500] [--out MODEL.onnx]``

Six convolutions with strides of eight in all, the last ones dilated, so that a cell sees some 150 pixels around it; the output is
the chance of each cell of eight by eight pixels to lie on a plate. Photos of seeds below 100,000 are never used: those are
examples and what detectors are measured on.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import jax
import jax.numpy as jnp
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from privacy_api.examples import scene

SIDE, CELL, CROP, BATCH = 800, 8, 256, 16
FIRST_SEED = 100_000
# channels out, kernel, stride, dilation
LAYERS = ((16, 3, 2, 1), (32, 3, 2, 1), (48, 3, 2, 1), (48, 3, 1, 2), (48, 3, 1, 4), (48, 3, 1, 1))
Array = NDArray[Any]
Params = list[tuple[Any, Any]]


def main() -> None:
    """Renders, trains, writes."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--photos", type=int, default=3000)
    options.add_argument("--steps", type=int, default=2500)
    options.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[1] / "models" / "plates.onnx")
    chosen = options.parse_args()
    with ProcessPoolExecutor() as pool:
        photos = list(pool.map(prepared, range(FIRST_SEED, FIRST_SEED + chosen.photos), chunksize=20))
    params = train(photos, chosen.steps)
    write(params, chosen.out)


def prepared(seed: int) -> tuple[Array, Array, Array]:
    """A photo that fits ``SIDE``, and boxes (left, top, right, bottom) of its plates and of those that are hidden in part."""
    made = scene(seed)
    height, width = made.pixels.shape[:2]
    scale = SIDE / max(height, width)
    small = cv2.resize(made.pixels, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    return small, _boxes(made.plates, scale), _boxes(made.partial, scale)


def _boxes(regions: Any, scale: float) -> Array:
    return np.array([(r.left, r.top, r.left + r.width, r.top + r.height) for r in regions], np.float32).reshape(-1, 4) * scale


def sample(photos: list[tuple[Array, Array, Array]], numbers: np.random.Generator) -> tuple[Array, Array, Array]:
    """A batch of crops, enlarged or shrunk, mirrored, brighter or darker: pixels (n, 3, CROP, CROP), 0 to 1; cells on a plate, 0
    or 1; and which cells count (those at edges of plates and on hidden ones do not)."""
    cells = CROP // CELL
    pixels = np.empty((BATCH, 3, CROP, CROP), np.float32)
    wanted, counts = np.zeros((BATCH, cells, cells), np.float32), np.ones((BATCH, cells, cells), np.float32)
    for place in range(BATCH):
        photo, plates, partial = photos[numbers.integers(len(photos))]
        scale = float(numbers.uniform(0.7, 1.5))
        around = plates[numbers.integers(len(plates))] if len(plates) and numbers.random() < 0.75 else None
        size = int(CROP / scale)
        limits = max(1, photo.shape[1] - size), max(1, photo.shape[0] - size)
        left, top = ((int(numbers.integers(limits[0])), int(numbers.integers(limits[1]))) if around is None else
                     (int(np.clip(around[0] - numbers.uniform(0, size), 0, limits[0])),
                      int(np.clip(around[1] - numbers.uniform(0, size), 0, limits[1]))))
        crop = cv2.resize(photo[top : top + size, left : left + size], (CROP, CROP), interpolation=cv2.INTER_LINEAR)
        for boxes, is_wanted in ((partial, False), (plates, True)):
            for box in (boxes - (left, top, left, top)) * (CROP / size) / CELL:
                _mark(wanted[place], counts[place], box, is_wanted)
        values = crop.astype(np.float32) / 255 * numbers.uniform(0.6, 1.3) + numbers.uniform(-0.08, 0.08)
        if numbers.random() < 0.2:
            values = np.repeat(values.mean(axis=2, keepdims=True), 3, axis=2)
        values += numbers.normal(0, numbers.uniform(0, 0.03), values.shape)
        if numbers.random() < 0.5:
            values, wanted[place], counts[place] = values[:, ::-1], wanted[place][:, ::-1], counts[place][:, ::-1]
        pixels[place] = np.clip(values, 0, 1).transpose(2, 0, 1)
    return pixels, wanted, counts


def _mark(wanted: Array, counts: Array, box: Array, is_wanted: bool) -> None:
    """Cells whose middle lies on the plate, at least one row; those that it merely touches count as neither."""
    left, top, right, bottom = (float(v) for v in box)
    y0, y1, x0, x1 = (int(np.floor(v)) for v in (top, bottom, left, right))
    touched = (slice(max(0, y0), max(0, y1 + 1)), slice(max(0, x0), max(0, x1 + 1)))
    counts[touched] = 0
    if is_wanted:
        middle = int((top + bottom) / 2)
        rows = slice(max(0, min(round(top), middle)), max(0, max(round(bottom), middle + 1)))
        inner = (rows, slice(max(0, round(left)), max(0, round(right))))
        wanted[inner] = counts[inner] = 1


def new_params(seed: int = 1) -> Params:
    """Weights by chance (He et al., 2015), biases zero; the last bias says that plates are rare."""
    numbers, params, channels = np.random.default_rng(seed), [], 3
    for out, kernel, _, _ in (*LAYERS, (1, 1, 1, 1)):
        scale = np.sqrt(2 / (channels * kernel * kernel))
        params.append((jnp.asarray(numbers.normal(0, scale, (out, channels, kernel, kernel)), jnp.float32), jnp.zeros(out)))
        channels = out
    weight, _ = params[-1]
    params[-1] = (weight * 0.1, jnp.full(1, -4.0))
    return params


def heat(params: Params, pixels: Any) -> Any:
    """Logits of the cells, (n, height / 8, width / 8)."""
    values = pixels - 0.5
    for (weight, bias), (_, kernel, stride, dilation) in zip(params, (*LAYERS, (1, 1, 1, 1)), strict=True):
        pad = dilation * (kernel // 2)
        values = jax.lax.conv_general_dilated(values, weight, (stride, stride), [(pad, pad)] * 2,
                                              rhs_dilation=(dilation, dilation))
        values = values + bias[None, :, None, None]
        if kernel > 1:
            values = jax.nn.relu(values)
    return values[:, 0]


def loss(params: Params, pixels: Any, wanted: Any, counts: Any) -> Any:
    """Binary cross entropy, focused on what is still wrong (Lin et al., 2017, gamma 2); a missed plate costs more than a false
    one."""
    logits = heat(params, pixels)
    right = jax.nn.sigmoid(jnp.where(wanted > 0, logits, -logits))
    each = -jnp.log(jnp.clip(right, 1e-6)) * (1 - right) ** 2 * jnp.where(wanted > 0, 4.0, 1.0) * counts
    return each.sum() / jnp.maximum(wanted.sum(), 1.0)


def train(photos: list[tuple[Array, Array, Array]], steps: int) -> Params:
    """Adam (Kingma and Ba, 2015) with a rate that falls as a cosine."""
    numbers, params = np.random.default_rng(7), new_params()
    first = jax.tree.map(jnp.zeros_like, params)
    second = jax.tree.map(jnp.zeros_like, params)

    @jax.jit
    def step(params: Any, first: Any, second: Any, at: Any, batch: Any) -> Any:
        cost, slope = jax.value_and_grad(loss)(params, *batch)
        rate = 2e-3 * 0.5 * (1 + jnp.cos(jnp.pi * at / steps)) * jnp.minimum(1.0, (at + 1) / 100)
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, slope)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, slope)
        rate, size = rate / (1 - 0.9 ** (at + 1)), 1 - 0.999 ** (at + 1)
        params = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v / size) + 1e-8), params, first, second)
        return params, first, second, cost

    costs: list[float] = []
    for at in range(steps):
        params, first, second, cost = step(params, first, second, float(at), sample(photos, numbers))
        costs.append(float(cost))
        if at % 100 == 99:
            print(f"step {at + 1}: loss {np.mean(costs[-100:]):.4f}", flush=True)
    return params


def write(params: Params, path: Path) -> None:
    """The network with a sigmoid at its end, for a photo whose sides are multiples of 8; (1, 1, height / 8, width / 8) comes out.
    """
    nodes, weights, value = [helper.make_node("Sub", ["photo", "half"], ["v0"])], [], "v0"
    weights.append(numpy_helper.from_array(np.array(0.5, np.float32), "half"))
    for number, ((weight, bias), (_, kernel, stride, dilation)) in enumerate(zip(params, (*LAYERS, (1, 1, 1, 1)), strict=True)):
        weights += [numpy_helper.from_array(np.asarray(weight), f"w{number}"),
                    numpy_helper.from_array(np.asarray(bias), f"b{number}")]
        nodes.append(helper.make_node(
            "Conv", [value, f"w{number}", f"b{number}"], [f"c{number}"], kernel_shape=[kernel] * 2, strides=[stride] * 2,
            dilations=[dilation] * 2, pads=[dilation * (kernel // 2)] * 4))
        value = f"c{number}"
        if kernel > 1:
            nodes.append(helper.make_node("Relu", [value], [f"r{number}"]))
            value = f"r{number}"
    nodes.append(helper.make_node("Sigmoid", [value], ["heat"]))
    graph = helper.make_graph(
        nodes, "plates", [helper.make_tensor_value_info("photo", TensorProto.FLOAT, [1, 3, "height", "width"])],
        [helper.make_tensor_value_info("heat", TensorProto.FLOAT, [1, 1, "rows", "columns"])], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))
    told = {"name": "plates", "side": SIDE, "kinds": ["plate"], "output": "heat", "threshold": 0.5, "peak": 0.7, "multiple": CELL}
    path.with_suffix(".json").write_text(json.dumps(told) + "\n", encoding="utf-8")




if __name__ == "__main__":
    main()
