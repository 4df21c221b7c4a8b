"""Photos as people and attackers send them: what is no photo gets the right status, and nothing but pixels comes back."""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from io import BytesIO

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image
from privacy_api.photos import encode, open_photo
from privacy_api.problems import Problem

from tests.web_api.conftest import Make

LIMIT = 50_000_000


def refused(data: bytes, limit: int = LIMIT) -> tuple[int, str]:
    with pytest.raises(Problem) as told:
        open_photo(data, limit)
    return told.value.status, told.value.code


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def png_of_size(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says to be very large: a decompression bomb."""
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_keeps_its_format_and_its_size(kind: str, photo: Make) -> None:
    back = opened(encode(open_photo(photo(kind), LIMIT)))
    assert (back.format, back.size, back.mode) == (kind, (320, 240), "RGB")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_what_is_cut_off_is_told(kind: str, share: float, photo: Make) -> None:
    data = photo(kind)
    status, code = refused(data[: int(len(data) * share)])
    assert (status, code) in ((400, "damaged_photo"), (415, "not_a_photo"))
    assert status == 400 or share < 0.1, "what begins as a photo is a damaged one"


@pytest.mark.parametrize("data", [
    b"", b"\0", b"<!doctype html><script>alert(1)</script>", b"\xff\xd8\xff\xe0" + b"<html>" * 100, b"GIF89a" + b"\0" * 64,
    b"%PDF-1.7\n", b"PK\x03\x04" + b"\0" * 64, b"<svg xmlns='http://www.w3.org/2000/svg'/>",
])
def test_what_is_no_photo_is_told(data: bytes) -> None:
    assert refused(data)[0] in (400, 415)


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP"])
def test_other_pictures_are_not_taken(kind: str, photo: Make) -> None:
    assert refused(photo(kind)) == (415, "not_a_photo")


@pytest.mark.parametrize(("width", "height"), [(20_000, 10_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_too_many_pixels_are_refused_before_they_are_decoded(width: int, height: int) -> None:
    assert refused(png_of_size(width, height)) == (413, "too_many_pixels")


def test_a_photo_may_have_as_many_pixels_as_the_limit_says(photo: Make) -> None:
    assert open_photo(photo(size=(100, 100)), 10_000).pixels.shape == (100, 100, 3)
    assert refused(photo(size=(100, 101)), 10_000) == (413, "too_many_pixels")


def test_tiny_ones_are_refused(photo: Make) -> None:
    assert refused(photo(size=(15, 200))) == (400, "too_small")


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_what_moves_is_refused(kind: str) -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    assert refused(out.getvalue()) == (415, "animated")


def test_further_pictures_of_a_jpeg_go() -> None:
    """Phones write a second one, of depth or for a screen: MPO."""
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, "MPO", save_all=True, append_images=frames[1:])
    back = encode(open_photo(out.getvalue(), LIMIT))
    assert opened(back).format == "JPEG"
    assert getattr(opened(back), "n_frames", 1) == 1


def test_cmyk_becomes_rgb_of_the_same_colours() -> None:
    out = BytesIO()
    Image.new("CMYK", (32, 32), (0, 255, 255, 0)).save(out, "JPEG")
    red, green, blue = open_photo(out.getvalue(), LIMIT).pixels[16, 16].tolist()
    assert (red > 200, green < 60, blue < 60) == (True, True, True)


def test_sixteen_bits_become_eight() -> None:
    out = BytesIO()
    Image.fromarray(np.linspace(0, 65535, 64 * 64, dtype=np.uint16).reshape(64, 64)).save(out, "PNG")
    pixels = open_photo(out.getvalue(), LIMIT).pixels
    assert pixels[0, 0].tolist() == [0, 0, 0]
    assert pixels[-1, -1].tolist() == [255, 255, 255]
    assert abs(int(pixels[32, 0, 0]) - 128) <= 2


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "LA"])
def test_other_ways_of_colour(mode: str, photo: Make) -> None:
    found = open_photo(photo("PNG", mode=mode), LIMIT)
    assert found.pixels.shape == (240, 320, 3)
    assert (found.alpha is not None) == (mode in ("RGBA", "LA"))


def test_what_is_transparent_stays_so() -> None:
    out = BytesIO()
    Image.new("RGBA", (32, 32), (10, 20, 30, 77)).save(out, "PNG")
    assert opened(encode(open_photo(out.getvalue(), LIMIT))).getpixel((5, 5)) == (10, 20, 30, 77)


@pytest.mark.parametrize("turn", range(1, 9))
def test_it_is_turned_upright(turn: int) -> None:
    upright = Image.new("RGB", (40, 20), "white")
    upright.paste("red", (0, 0, 10, 10))
    back = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[turn]    # what brings it into the position that EXIF tells of
    lying = upright if back is None else upright.transpose(Image.Transpose(back))
    exif = Image.Exif()
    exif[0x0112] = turn
    out = BytesIO()
    lying.save(out, "PNG", exif=exif.tobytes())
    pixels = open_photo(out.getvalue(), LIMIT).pixels
    assert pixels.shape == (20, 40, 3)
    assert pixels[2, 2].tolist() == [255, 0, 0]
    assert pixels[17, 37].tolist() == [255, 255, 255]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_places_and_cameras_are_not_told_on(kind: str, photo: Make) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 7.0)
    more = {"comment": b"SecretWords"} if kind == "JPEG" else {}
    data = photo(kind, exif=exif.tobytes(), **more)
    assert b"SecretCamera" in data
    back = encode(open_photo(data, LIMIT))
    assert b"Secret" not in back
    assert dict(opened(back).getexif()) == {}


def test_the_meaning_of_colours_stays(photo: Make) -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert opened(encode(open_photo(photo(icc_profile=profile), LIMIT))).info["icc_profile"] == profile


def test_chance_bytes_never_break_it(photo: Make) -> None:
    numbers = np.random.default_rng(9)
    for kind in ("JPEG", "PNG", "WEBP"):
        data = bytearray(photo(kind, size=(64, 48)))
        for _ in range(150):
            broken = bytearray(data)
            for place in numbers.integers(0, len(broken), 6):
                broken[place] = int(numbers.integers(256))
            with suppress(Problem):
                encode(open_photo(bytes(broken), 1_000_000))


def test_the_api_tells_the_same(client: FlaskClient, photo: Make) -> None:
    for data, status in ((photo("GIF"), 415), (photo()[:300], 400), (png_of_size(20_000, 10_000), 413), (b"", 400)):
        answer = client.post("/v1/blur", data=data, content_type="image/jpeg")
        assert answer.status_code == status
        assert answer.get_json()["error"]["message"]
