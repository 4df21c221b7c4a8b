"""Photos of vehicles that are rendered, so that they show nobody's plate: examples, and what detectors are measured on.

A scene is made of no more than polygons, letters, blur and noise, and where its plates are is known exactly.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from privacy_api.photos import Photo, encode
from privacy_api.regions import Pixels, Region

EXAMPLES = 500
_SIZES = ((1280, 960), (1600, 1200), (1024, 768), (960, 1280))
_PLATE = (520, 112)         # pixels, and millimetres: EN plates
_PAINTS = ((190, 30, 36), (30, 60, 140), (235, 235, 238), (25, 26, 30), (140, 146, 152), (16, 90, 60), (205, 160, 40),
           (90, 40, 90))
_GROUNDS = ((92, 92, 96), (120, 116, 108), (70, 74, 80), (140, 136, 128))
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Scene:
    """A photo, boxes around its plates, and around those that another vehicle or the photo's edge hides in part."""

    pixels: Pixels
    plates: Sequence[Region]
    partial: Sequence[Region] = ()


@lru_cache(maxsize=32)
def example(number: int, width: int | None = None) -> bytes:
    """The example of this number as JPEG, brought to a width where one is given; the same number is the same photo."""
    pixels = scene(number).pixels
    if width is not None:
        size = (width, max(1, round(pixels.shape[0] * width / pixels.shape[1])))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return encode(Photo(pixels, "JPEG"))


def scene(seed: int) -> Scene:
    """A street with up to three vehicles, seen from ahead or behind: angles, light, distance and noise by chance; one in eight
    has none, but windows, signs and stripes that are not plates."""
    chance = random.Random(f"scene {seed}")
    width, height = chance.choice(_SIZES)
    canvas = _street(width, height, chance)
    plates: list[Region] = []
    partial: list[Region] = []
    count = 0 if chance.random() < 0.125 else chance.choices((1, 2, 3), (6, 3, 1))[0]
    for number, place in enumerate(sorted(chance.uniform(0.25, 1.0) for _ in range(count))):      # far ones first
        plate, vehicle = _vehicle(canvas, place, (number + chance.uniform(0.3, 0.7)) / count, chance)
        partial += (p for p in plates if _covers(vehicle, p))
        plates = [p for p in plates if not _covers(vehicle, p)]
        (plates if _is_inside(plate, width, height) else partial).append(plate)
    return Scene(_as_photo(canvas, chance), plates, partial)


def _street(width: int, height: int, chance: random.Random) -> Pixels:
    """Sky, houses with windows, road with stripes, a sign."""
    horizon = round(height * chance.uniform(0.35, 0.5))
    top = np.array([chance.randint(90, 200), chance.randint(130, 215), chance.randint(170, 245)], float)
    steps = np.linspace(0, 1, height)[:, None, None]
    canvas = np.ascontiguousarray(np.broadcast_to(np.clip(top + steps * 60, 0, 255), (height, width, 3)).astype(np.uint8))
    left = 0
    while left < width:
        wide, high = chance.randint(width // 10, width // 4), chance.randint(height // 8, round(height * 0.34))
        wall = tuple(chance.randint(80, 200) for _ in range(3))
        cv2.rectangle(canvas, (left, horizon - high), (left + wide, horizon), wall, -1)
        for x in range(left + wide // 8, left + wide - wide // 8, max(8, wide // 5)):
            for y in range(horizon - high + high // 8, horizon - high // 6, max(10, high // 4)):
                cv2.rectangle(canvas, (x, y), (x + wide // 9, y + high // 7), (60, 70, chance.randint(70, 120)), -1)
        left += wide
    ground = chance.choice(_GROUNDS)
    cv2.rectangle(canvas, (0, horizon), (width, height), ground, -1)
    for number in range(6):
        y, size = horizon + (height - horizon) * number // 6, 4 + number * 4
        cv2.rectangle(canvas, (width // 2 - size, y), (width // 2 + size, y + size * 2), (225, 225, 220), -1)
    if chance.random() < 0.5:       # a sign with text, that is none of a vehicle
        x, y = chance.randint(0, width - width // 6), horizon - height // 5
        cv2.rectangle(canvas, (x, y), (x + width // 8, y + height // 24), (20, 80, 160), -1)
        _write(canvas, chance.choice(("CENTRE", "STATION", "MARKET", "ZOO")), (x + 6, y + 4), height // 32, (240, 240, 240))
    return canvas


def _vehicle(canvas: Pixels, place: float, across: float, chance: random.Random) -> tuple[Region, Region]:
    """Draws a vehicle, turned a little, and gives the boxes of its plate and of itself.

    It is drawn flat, 1.9 m x 1.55 m at a pixel a millimetre, and then brought into the photo by one perspective transform.
    """
    height, width = canvas.shape[:2]
    flat, mask = _front(chance)
    plate = _plate(chance)
    x, y = (flat.shape[1] - plate.shape[1]) // 2, round(flat.shape[0] * chance.uniform(0.66, 0.76))
    flat[y : y + plate.shape[0], x : x + plate.shape[1]] = plate
    size = place * min(width, height) * 0.62
    corners = _corners(size, size * flat.shape[0] / flat.shape[1], (across * width, height * (0.5 + 0.42 * place)), chance)
    source = np.array([[0, 0], [flat.shape[1], 0], [flat.shape[1], flat.shape[0]], [0, flat.shape[0]]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners)
    seen, covered = (cv2.warpPerspective(layer, matrix, (width, height), flags=cv2.INTER_AREA) for layer in (flat, mask))
    share = covered[:, :, None].astype(np.uint16)
    canvas[:] = ((seen * share + canvas * (255 - share) + 127) // 255).astype(np.uint8)
    right, bottom = x + plate.shape[1], y + plate.shape[0]
    edges = np.array([[[x, y], [right, y], [right, bottom], [x, bottom]]], np.float32)
    return _box(cv2.perspectiveTransform(edges, matrix)[0]), _box(corners)


def _front(chance: random.Random) -> tuple[Pixels, Pixels]:
    """A vehicle from ahead or behind, and where it is: body, window, lights, grille, bumper, wheels."""
    wide, high = 1900, 1550
    flat, mask = np.zeros((high, wide, 3), np.uint8), np.zeros((high, wide), np.uint8)
    paint = chance.choice(_PAINTS)
    dark = tuple(round(c * 0.6) for c in paint)
    roof, inset = round(high * chance.uniform(0.02, 0.14)), chance.randint(180, 330)
    body = np.array([[60, high * 0.5], [inset, roof + 60], [inset + 120, roof], [wide - inset - 120, roof],
                     [wide - inset, roof + 60], [wide - 60, high * 0.5], [wide - 30, high * 0.85], [30, high * 0.85]], np.int32)
    for wheel in (170, wide - 170):
        for layer, colour in ((flat, (22, 22, 24)), (mask, 255)):
            cv2.rectangle(layer, (wheel - 110, round(high * 0.7)), (wheel + 110, high - 10), colour, -1)
    cv2.fillPoly(flat, [body], paint)
    cv2.fillPoly(mask, [body], 255)
    glass = np.array([[inset + 40, round(high * 0.44)], [inset + 130, roof + 50], [wide - inset - 130, roof + 50],
                      [wide - inset - 40, round(high * 0.44)]], np.int32)
    cv2.fillPoly(flat, [glass], tuple(chance.randint(30, 90) for _ in range(3)))
    is_front = chance.random() < 0.5
    light = (240, 236, 205) if is_front else (190, 25, 25)
    for x in (230, wide - 230):
        cv2.ellipse(flat, (x, round(high * 0.56)), (150, chance.randint(50, 80)), 0, 0, 360, light, -1)
        cv2.ellipse(flat, (x, round(high * 0.56)), (150, 80), 0, 0, 360, dark, 6)
    if is_front:
        for y in range(round(high * 0.52), round(high * 0.62), 26):
            cv2.rectangle(flat, (520, y), (wide - 520, y + 10), (28, 28, 30), -1)
    cv2.rectangle(flat, (50, round(high * 0.64)), (wide - 50, round(high * 0.84)), dark, -1)
    cv2.line(flat, (60, round(high * 0.5)), (wide - 60, round(high * 0.5)), dark, 8)
    return flat, mask


def _plate(chance: random.Random) -> Pixels:
    """A plate with a number by chance: European with a blue band, white, yellow, or dark with light letters."""
    wide, high = _PLATE
    ground, letters = chance.choice((
        ((245, 245, 242), (20, 20, 24)), ((245, 245, 242), (20, 20, 24)), ((240, 200, 60), (20, 20, 24)),
        ((24, 26, 32), (235, 235, 232)), ((250, 250, 250), (20, 30, 110))))
    plate = np.full((high, wide, 3), ground, np.uint8)
    cv2.rectangle(plate, (3, 3), (wide - 4, high - 4), letters, 3)
    begin = 20
    if chance.random() < 0.6:
        cv2.rectangle(plate, (5, 5), (48, high - 6), (20, 60, 160), -1)
        begin = 60
    number = (f"{''.join(chance.choices(_LETTERS, k=chance.randint(1, 3)))}"
              f"{chance.choice((' ', '-'))}{''.join(chance.choices(_LETTERS, k=2))} {chance.randint(1, 9999)}")
    _write(plate, number, (begin, 12), high - 26, letters, wide - begin - 16)
    return plate


def _write(canvas: Pixels, text: str, at: tuple[int, int], high: int, colour: tuple[int, ...], wide: int | None = None) -> None:
    """Text in the font that Pillow brings; ``wide`` stretches or squeezes it to so many pixels."""
    font = ImageFont.load_default(size=high)
    left, top, right, bottom = font.getbbox(text)
    stamp = Image.new("L", (max(1, round(right - left)), max(1, round(bottom - top))), 0)
    ImageDraw.Draw(stamp).text((-left, -top), text, fill=255, font=font, stroke_width=1, stroke_fill=255)
    ink = np.asarray(stamp.resize((wide, high)) if wide else stamp)
    x, y = at
    part = canvas[y : y + ink.shape[0], x : x + ink.shape[1]]
    share = ink[: part.shape[0], : part.shape[1], None].astype(np.uint16)
    part[:] = ((np.array(colour, np.uint16) * share + part * (255 - share) + 127) // 255).astype(np.uint8)


def _corners(wide: float, high: float, middle: tuple[float, float], chance: random.Random) -> NDArray[np.float32]:
    """Where the corners of the flat drawing come to stand: turned by up to 45 degrees to a side, tilted by up to 6."""
    turn, tilt = math.radians(chance.triangular(-45, 45, 0)), math.radians(chance.uniform(-6, 6))
    points = []
    for x, y in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
        far = 1.0 + 0.55 * x * math.sin(turn)          # what is turned away is smaller
        u, v = x * wide * math.cos(turn) / far, y * high / far
        points.append((middle[0] + u * math.cos(tilt) - v * math.sin(tilt), middle[1] + u * math.sin(tilt) + v * math.cos(tilt)))
    return np.array(points, np.float32)


def _as_photo(canvas: Pixels, chance: random.Random) -> Pixels:
    """Light, a shadow, the softness of a lens or of motion, and noise."""
    height, width = canvas.shape[:2]
    light = chance.choices((chance.uniform(0.8, 1.15), chance.uniform(0.3, 0.55)), (4, 1))[0]
    values = canvas.astype(np.float32) * light
    if chance.random() < 0.3:
        edge = chance.uniform(0.2, 0.8) * width
        shade = np.where(np.arange(width)[None, :, None] + np.arange(height)[:, None, None] * 0.4 < edge, 0.6, 1.0)
        values *= shade.astype(np.float32)
    blur = chance.choices((0, 1, 2), (5, 3, 1))[0]
    if blur:
        values = np.asarray(cv2.GaussianBlur(values, (0, 0), 0.6 * blur), np.float32)
    numbers = np.random.default_rng(chance.getrandbits(32))
    values += numbers.normal(0, chance.uniform(2, 9), (height, width, 1)).astype(np.float32)
    return np.clip(values, 0, 255).astype(np.uint8)


def _box(points: NDArray[np.float32]) -> Region:
    left, top = np.floor(points.min(axis=0)).astype(int).tolist()
    right, bottom = np.ceil(points.max(axis=0)).astype(int).tolist()
    return Region("plate", left, top, right - left, bottom - top, 1.0)


def _is_inside(plate: Region, width: int, height: int) -> bool:
    return (plate.left >= 0 and plate.top >= 0 and plate.left + plate.width <= width and plate.top + plate.height <= height)


def _covers(vehicle: Region, plate: Region) -> bool:
    """Whether a nearer vehicle hides a plate, if only a part of it."""
    return (vehicle.left < plate.left + plate.width and plate.left < vehicle.left + vehicle.width
            and vehicle.top < plate.top + plate.height and plate.top < vehicle.top + vehicle.height)
