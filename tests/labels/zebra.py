"""Our ZPL as another renderer reads it: zpl-renderer-js, which wraps zebrash."""

import base64
import io
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from PIL import Image

FOLDER = Path(__file__).parent / "zpl"


def rendered(zpl: bytes, dots: tuple[int, int]) -> list[Image.Image]:
    """The labels of a job, so many dots large.

    Where node or its package is missing a test skips, in CI it fails.
    """
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules").is_dir():
        missing = "no other ZPL renderer here: install Node and run npm ci in tests/labels/zpl"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    job = {"zpl": zpl.decode("ascii"), "width": dots[0] / 8, "height": dots[1] / 8, "dpmm": 8}
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(
            [node, "render.mjs", out.name],
            cwd=FOLDER,
            input=json.dumps(job).encode(),
            capture_output=True,
            check=True,
            timeout=120,
            env={"PATH": os.environ["PATH"]},
        )
        pictures = json.load(out)
    return [Image.open(io.BytesIO(base64.b64decode(one))).convert("L") for one in pictures]
