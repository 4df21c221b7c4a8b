"""Photos from bytes and back: what is no photo is told, and nothing but pixels and colour profile goes through."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from privacy_api.problems import Problem
from privacy_api.regions import Pixels

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_LEAST = 16                     # pixels of a side
_WIDE = ("I", "F", "I;16", "I;16B", "I;16L")
Image.MAX_IMAGE_PIXELS = None   # the limit is ours: it is asked before a pixel is decoded


@dataclass(frozen=True, slots=True)
class Photo:
    """Upright pixels. ``alpha`` is (height, width), None where all is opaque; ``profile`` says what the colours mean (ICC)."""

    pixels: Pixels
    format: str
    alpha: NDArray[np.uint8] | None = None
    profile: bytes | None = None


def open_photo(data: bytes, max_pixels: int) -> Photo:
    """Decodes a JPEG, PNG or WebP, turns it upright as its EXIF says, and brings it to eight bits and RGB.

    :raises Problem: 415 where it is none of these or moves, 413 where it has too many pixels, 400 where it is damaged.
    """
    try:
        with Image.open(BytesIO(data), formats=tuple(TYPES)) as image:
            kind = "JPEG" if image.format in ("JPEG", "MPO") else str(image.format)
            _check(image, kind, max_pixels)
            image.load()
            return _upright(image, kind)
    except UnidentifiedImageError:
        raise Problem(415, "not_a_photo", "This is no JPEG, PNG or WebP.") from None
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, struct.error, Image.DecompressionBombError):
        raise Problem(400, "damaged_photo", "The photo is cut off or damaged.") from None


def encode(photo: Photo) -> bytes:
    """The photo in its format, without anything that its file told besides: no EXIF, no place, no thumbnail."""
    image = Image.fromarray(photo.pixels)
    if photo.alpha is not None and photo.format != "JPEG":
        image.putalpha(Image.fromarray(photo.alpha))
    settings: dict[str, Any] = {"compress_level": 3} if photo.format == "PNG" else {"quality": 90}
    if photo.profile:
        settings["icc_profile"] = photo.profile
    out = BytesIO()
    image.save(out, photo.format, **settings)
    return out.getvalue()


def _check(image: Image.Image, kind: str, max_pixels: int) -> None:
    width, height = image.size
    if width * height > max_pixels:
        raise Problem(413, "too_many_pixels", f"The photo has {width * height / 1e6:.3g} million pixels; "
                                              f"at most {max_pixels / 1e6:.3g} million are taken.")
    if min(width, height) < _LEAST:
        raise Problem(400, "too_small", f"The photo is {width} x {height} pixels; each side needs {_LEAST}.")
    if kind != "JPEG" and getattr(image, "n_frames", 1) > 1:   # a JPEG's further pictures are thumbnails and depth maps
        raise Problem(415, "animated", "Animated pictures are not taken: send one photo.")


def _upright(image: Image.Image, kind: str) -> Photo:
    turned = ImageOps.exif_transpose(image)
    profile = image.info.get("icc_profile") if turned.mode in ("RGB", "RGBA") else None
    if turned.mode in _WIDE:
        turned = Image.fromarray(_eight_bits(np.asarray(turned)))
    has_alpha = "A" in turned.getbands() or "transparency" in turned.info
    if has_alpha:
        layers = np.asarray(turned.convert("RGBA"))
        return Photo(np.ascontiguousarray(layers[:, :, :3]), kind, np.ascontiguousarray(layers[:, :, 3]), profile)
    return Photo(np.array(turned.convert("RGB")), kind, None, profile)


def _eight_bits(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Sixteen bits a pixel (or more) by their high eight; fractions from 0 to 1 by 255."""
    if values.dtype.kind == "f":
        return np.clip(np.nan_to_num(values.astype(np.float64)) * 255, 0, 255).astype(np.uint8)
    return np.clip(values.astype(np.int64) >> 8, 0, 255).astype(np.uint8)
