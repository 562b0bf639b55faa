"""White PNG files, which pandoc is given in place of the figures of a Word file.

Of an image pandoc needs the size, but it reads, unpacks and packs all of it: a third of its time for a book
of a hundred and forty figures. The real ones are put in when the Word file is packed anew.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

# One bit of grey a pixel, as PNG packs it: the smallest image that there is, and no palette to look up.
_GREY = bytes((1, 0, 0, 0, 0))
#: Bytes of a PNG's header: width, height and five of one byte.
_HEADER = 13
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def write_standins(names: Iterable[str], *, folder: Path, into: Path) -> dict[bytes, Path]:
    """Write a stand-in for each PNG among `names`, files in `folder`, under the same name in `into`.

    Returns the real file of each stand-in's bytes; no two are alike. What is no PNG gets no stand-in: it is
    found in `folder`, which pandoc must look in after `into`.
    """
    real = {}
    for name in names:
        content = standin(folder / name, name)
        if content:
            target = into / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            real[content] = folder / name
    return real


def standin(path: Path, name: str) -> bytes:
    """Return a PNG of the same size and density as the one at `path`, with `name` in it and all white.

    Empty where the file is no PNG, or a cut one: pandoc says what is wrong with it.
    """
    size, density, pixels = b"", b"", b""
    with path.open("rb") as file:
        if file.read(len(_SIGNATURE)) != _SIGNATURE:
            return b""
        while len(start := file.read(8)) == 8:
            length, kind = struct.unpack(">I4s", start)
            if kind == b"IDAT":
                break
            content = file.read(length + 4)[:length]
            if kind == b"IHDR" and len(content) == _HEADER:
                size = _chunk(kind, content[:8] + _GREY)
                pixels = _white(*struct.unpack(">II", content[:8]))
            elif kind == b"pHYs":
                density = _chunk(kind, content)
    source = _chunk(b"tEXt", b"Source\0" + name.encode())
    return b"".join((_SIGNATURE, size, density, source, pixels, _END)) if size else b""


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


@lru_cache(64)
def _white(width: int, height: int) -> bytes:
    # A byte before each line says that it stands as it is; the figures of a book have few sizes.
    line = b"\0" + b"\xff" * ((width + 7) // 8)
    return _chunk(b"IDAT", zlib.compress(line * height, 1))


_END = _chunk(b"IEND", b"")
