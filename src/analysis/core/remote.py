"""Folders at an address (an object store, a server), and this machine's copies of them.

Reached with fsspec, by whatever the address begins with: s3://, gs://, abfs://, sftp://, http:// and others.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from analysis.core.errors import DataError, SettingsError, TilstandError
from analysis.core.paths import write_text

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

#: In a copy: what each file is a copy of. Its name keeps it out of every listing of results and data.
MANIFEST = ".copy.json"
#: What file systems call the sign that a file's content is another, best first.
_SIGNS = ("ETag", "etag", "md5Hash", "content_md5", "checksum", "mtime", "LastModified", "last_modified")
_MORE_SIGNS = ("modify", "updated", "created")


def is_address(text: object) -> bool:
    """Return whether `text` is an address and not a folder's path.

    >>> is_address("s3://bucket/survey"), is_address("../data/demo"), is_address("C:/data")
    (True, False, False)
    """
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", str(text)) is not None


def copy_of(address: str) -> Path:
    """Return the folder where this machine's copy of an address is, or would be.

    It is in the folder that the environment variable TILSTAND_CACHE names; by default in the user's cache.
    """
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tilstand"
    root = Path(os.environ.get("TILSTAND_CACHE") or default)
    plain = address.rstrip("/")
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", PurePosixPath(plain).name)[:40]
    return root.absolute() / f"{name}-{hashlib.sha256(plain.encode()).hexdigest()[:12]}"


@dataclass(frozen=True)
class Remote:
    """The folder at an address. Every failure to reach it is an error that names the address."""

    address: str
    files: AbstractFileSystem
    root: str

    def listing(self) -> dict[str, list]:
        """Return the size and the sign of its content of every file, by the path below the folder.

        Names that begin with a dot are left out: what stands there is half-written, or a machine's own.
        """
        with reached(self.address):
            self.files.invalidate_cache()
            found = self.files.find(self.root, detail=True)
        start = len(self.root.rstrip("/")) + 1
        return {
            path[start:]: [info.get("size"), _sign(info)]
            for path, info in sorted(found.items())
            if info.get("type", "file") == "file" and not _is_hidden(path[start:])
        }

    def path(self, name: str) -> str:
        """Return what the file system calls a file of the folder."""
        return f"{self.root.rstrip('/')}/{name}"


def open_remote(address: str) -> Remote:
    """Return the folder at `address`; raise SettingsError where nothing here can reach such addresses."""
    if urlsplit(address).password:
        raise SettingsError(
            "an address must not hold a password",
            where=re.sub(r"//.*@", "//…@", address),
            expected="an address without one, and the password where the kind of address takes it from",
            todo="see docs/how-to/run-on-a-cluster.md",
        )
    try:
        import fsspec  # noqa: PLC0415 - optional

        # A folder of this machine, given as an address, is made as an object store's would be.
        options = {"auto_mkdir": True} if address.startswith(("file:", "local:")) else {}
        files, root = fsspec.core.url_to_fs(address, **options)
    except (ImportError, ValueError) as error:
        raise SettingsError(
            "addresses of this kind cannot be reached from here",
            where=address,
            found=str(error),
            expected="the package fsspec, and the one that it has for this kind (s3:// has s3fs)",
            todo='pip install "tilstand[cluster]" s3fs, or what the kind of address needs',
        ) from None
    except Exception as error:
        raise _unreached(address, error) from error
    return Remote(address, files, root)


def bring(address: str) -> str:
    """Bring this machine's copy of the data at `address` up to date; return what marks just these data.

    Only files that differ in size or sign are brought. What this machine keeps beside them stays.
    """
    remote = open_remote(address)
    folder = copy_of(address)
    with _alone(folder):
        there = remote.listing()
        if not there:
            raise DataError(
                "there are no data at this address", where=address, todo="correct data in the batch file"
            )
        known = read_manifest(folder)
        gone = known.keys() - there.keys()
        wanted = [
            name
            for name, mark in there.items()
            if known.get(name) != mark or None in mark or not _has_size(folder / name, mark[0])
        ]
        # What is about to be another file is unknown until it is there, however this ends.
        write_text(
            folder / MANIFEST, json.dumps({n: m for n, m in known.items() if n not in gone.union(wanted)})
        )
        for name in gone:
            (folder / name).unlink(missing_ok=True)
        fetch(remote, folder, wanted, there)
        write_text(folder / MANIFEST, json.dumps(there, indent=1))
    return brought(address)


def brought(address: str) -> str:
    """Return what marks the data that this machine has a copy of; "" where there is none."""
    known = read_manifest(copy_of(address))
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest() if known else ""


def read_manifest(folder: Path) -> dict[str, list]:
    """Return what is known of each file of a copy; nothing where it cannot be read."""
    try:
        return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def fetch(remote: Remote, folder: Path, names: list[str], listing: dict[str, list]) -> None:
    """Copy files from an address into a folder, each whole or not at all."""
    if not names:
        return
    parts = {name: _beside(folder / name) for name in names}
    try:
        with reached(remote.address):
            for part in parts.values():
                part.parent.mkdir(parents=True, exist_ok=True)
            # All at once: an object store is asked for many at a time.
            remote.files.get([remote.path(name) for name in names], [str(part) for part in parts.values()])
        for name, part in parts.items():
            if not _has_size(part, listing[name][0]):
                raise DataError(
                    "a file was changed while it was read",
                    where=f"{remote.address}: {name}",
                    todo="try again when nobody writes there",
                )
            os.replace(part, folder / name)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def reached(address: str) -> Iterator[None]:
    """Turn whatever a file system raises in the block into a DataError that names the address."""
    try:
        yield
    except TilstandError:
        raise
    except Exception as error:
        # Every kind of file system has errors of its own.
        raise _unreached(address, error) from error


def _unreached(address: str, error: Exception) -> DataError:
    return DataError(
        "the address cannot be reached",
        where=address,
        found=f"{type(error).__name__}: {error}",
        expected="a folder that may be read, and for a build written",
        todo="check the address, the network, and the rights that this machine has there",
    )


def _is_hidden(name: str) -> bool:
    return not name or any(part.startswith(".") for part in name.split("/"))


def _sign(info: dict[str, Any]) -> str | None:
    found = next((info[name] for name in (*_SIGNS, *_MORE_SIGNS) if info.get(name) is not None), None)
    return None if found is None else str(found)


def _has_size(path: Path, size: int | None) -> bool:
    try:
        return path.stat().st_size == size or size is None
    except OSError:
        return False


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process of this machine is at work on the copy."""
    # Answers and failed notebooks come here: nobody else's business.
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".copy.lock").open("w") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
