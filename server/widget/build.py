"""The built widget in ``server/static/widget`` (made by ``npm run build``)."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import brotli

BUILD_DIR = Path(__file__).resolve().parent.parent / "static" / "widget"
SUFFIXES = {"br": ".br", "gzip": ".gz"}


class NotBuilt(RuntimeError):  # noqa: N818 - it is a state, told in words
    """The widget has not been built on this machine."""

    def __init__(self) -> None:
        super().__init__("The widget is not built. Run: make widget")


@dataclass(frozen=True)
class Build:
    """One build: its version and its files by name, as in ``manifest.json``."""

    version: str
    files: dict[str, Any]

    def read(self, name: str, encoding: str = "") -> bytes | None:
        """A file's bytes, ``encoding`` being ``""``, ``br`` or ``gzip``; None if it has none."""
        if name not in self.files:
            return None
        path = BUILD_DIR / self.version / (name + SUFFIXES.get(encoding, ""))
        return path.read_bytes()

    def integrity(self, name: str) -> str:
        """The subresource-integrity hash (W3C SRI) for owners who pin a file."""
        return str(self.files[name]["integrity"])


@lru_cache(maxsize=1)
def current_build() -> Build:
    """The build on disk. Raises NotBuilt where there is none."""
    try:
        manifest = json.loads((BUILD_DIR / "manifest.json").read_text())
    except FileNotFoundError:
        raise NotBuilt from None
    return Build(manifest["version"], manifest["files"])


@lru_cache(maxsize=256)
def entry_script(settings: str, encoding: str = "") -> bytes:
    """What the script tag loads: the site's settings (JSON text), then the listener."""
    listener = current_build().read("listener.js")
    if listener is None:
        raise NotBuilt
    script = f"self.copydeskSettings={settings};\n".encode() + listener
    if encoding == "br":
        return bytes(brotli.compress(script, mode=brotli.MODE_TEXT))
    return gzip.compress(script, mtime=0) if encoding == "gzip" else script
