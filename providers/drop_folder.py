"""A folder into which files are put whole or not at all, closed to strangers: they hold names and addresses."""

import os
import re
import tempfile
from pathlib import Path


class DropFolder:
    """One folder, made when it is first needed: for the worker alone (0700, files 0600) or shared with its group."""

    def __init__(self, path: Path, *, shared: bool = False) -> None:
        self._path = path
        self._folder_mode, self._file_mode = (0o770, 0o640) if shared else (0o700, 0o600)

    def file(self, name: str) -> Path:
        """Return where the file of that name is or would be.

        Raises:
            ValueError: the name could lead outside the folder.
        """
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
            raise ValueError(
                f"{name!r} cannot name a file in {self._path}: give contacts ids of letters, digits, '-', '_' and '.'."
            )
        return self._path / name

    def holds(self, name: str) -> bool:
        """Tell whether the file of that name is there; if it is, it is whole."""
        return self.file(name).exists()

    def put(self, name: str, content: bytes) -> None:
        """Write the file, replacing one of the same name, so that it is on the disk when this returns."""
        target = self.file(name)
        self._path.mkdir(mode=self._folder_mode, parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=self._path, prefix=".", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), self._file_mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
        flush_folder(self._path)


def flush_folder(path: Path) -> None:
    """Make the folder's own entries, and so a rename within it, survive a power cut."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
