"""Pictures that users give: opened without a word on stderr, however large they claim to be."""

import io
import warnings

from PIL import Image

# What `open_picture` raises of pictures that would fill the memory.
TOO_LARGE = (Image.DecompressionBombWarning, Image.DecompressionBombError)


def open_picture(content: io.BytesIO, formats: tuple[str, ...]) -> Image.Image:
    """A picture in one of the formats, not yet decoded; raises what Pillow does, and TOO_LARGE."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return Image.open(content, formats=formats)
