"""Our ZPL as another renderer reads it: zpl-renderer-js, which wraps zebrash."""

import base64
import io
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

FOLDER = Path(__file__).parent / "zpl"


def rendered(zpl: bytes, size: tuple[float, float], dpi: int = 203) -> list[Image.Image]:
    """The labels of a job; skips where node or its package is missing."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules").is_dir():
        pytest.skip("no other ZPL renderer here: install Node and run npm ci in tests/labels/zpl")
    dpmm = {203: 8, 300: 12}[dpi]
    job = {"zpl": zpl.decode("ascii"), "width": size[0], "height": size[1], "dpmm": dpmm}
    made = subprocess.run(
        [node, "render.mjs"],
        cwd=FOLDER,
        input=json.dumps(job).encode(),
        capture_output=True,
        check=True,
        timeout=120,
        env={"PATH": os.environ["PATH"]},
    )
    pictures = json.loads(made.stdout)
    return [Image.open(io.BytesIO(base64.b64decode(one))).convert("L") for one in pictures]
