"""The child process that decodes a picture which an untrusted module wrote, and makes it small.

A script, started by `still.png` with `-I -S`; needs Pillow, and nothing of wasmtrim.
"""

from __future__ import annotations

import json
import resource
import sys

ADDRESS_SPACE_BYTES = 1 << 30
MOST_PIXELS = 64_000_000
FORMATS = ("PNG", "GIF", "WEBP", "JPEG", "BMP", "TIFF", "PPM")


def main() -> None:
    request = json.load(sys.stdin)
    sys.path[:] = request["sys_path"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # macOS takes the limit and does not hold it
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(request["picture"], formats=FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            sys.exit(1)
        still = picture.convert("RGBA")
    still.thumbnail((request["side"], request["side"]))
    still.save(request["still"], "PNG")


if __name__ == "__main__":
    main()
