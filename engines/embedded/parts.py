"""The parts of one version that are open in this process."""

from pathlib import Path

from engines.embedded.layout import VersionFiles
from engines.embedded.part import Part


class OpenParts:
    """Opens the committed parts of a version; those that are open already are not opened again."""

    def __init__(self, files: VersionFiles) -> None:
        self._files = files
        self._open: dict[Path, tuple[int, Part]] = {}

    def read(self, rows: int) -> list[Part]:
        """Return the parts that hold the first ``rows`` rows, in order."""
        while True:
            try:
                paths = [path for path in self._files.part_paths() if int(path.stem) < rows]
                self._open = {path: self._part(path) for path in paths}
            except FileNotFoundError:
                continue  # merged into a larger part since it was listed
            break
        parts: list[Part] = []
        for _, part in self._open.values():
            # A part that took in its successors stands beside them until they are removed.
            if not parts or part.base >= parts[-1].base + parts[-1].count:
                parts.append(part)
        return parts

    def _part(self, path: Path) -> tuple[int, Part]:
        # A part that took in its successors has the same name and another file behind it.
        inode = path.stat().st_ino
        known = self._open.get(path)
        return known if known and known[0] == inode else (inode, Part(path))
