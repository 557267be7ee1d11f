"""A zip archive from anywhere -> files in a folder of ours, or one located message and nothing.

Nothing that an archive says of itself is believed: names are judged before the first byte is unpacked, sizes are
counted as they come out, and only plain files are made, as this user's umask has it. What is refused, and why:

- names that leave the folder, are absolute, or mean something else on another system (drives, backslashes, devices,
  a dot or space at the end, characters that Windows does not have, more than 255 bytes)
- names that are one on some systems: equal but for case, or for how accents are composed (NFC, NFD)
- links, devices, pipes; encrypted entries; packings that cannot be unpacked in small pieces
- more entries or bytes than the limits; over 100 times its packed size after the first MiB (a bomb)
"""

from __future__ import annotations

import io
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from producer.errors import PackError, Place, Problem
from producer.frozen import dataclass
from producer.project import is_device

RATIO = 100
RATIO_AFTER = 1 << 20
MAX_NAME = 255  # bytes: ext4, APFS and NTFS agree on about this
MAX_DEPTH = 16
_CHUNK = 1 << 16
_DIRECTORY_BYTES = 1024  # of the table of contents, for each entry: more is padding
_FORBIDDEN = frozenset('<>:"|?*')
_LITTER = ("__macosx", ".git", ".svn", ".hg")
_LITTER_FILES = (".ds_store", "thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that an archive may hold."""

    files: int = 5000
    file_bytes: int = 500_000_000
    bytes: int = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that may be unpacked."""

    info: zipfile.ZipInfo
    parts: tuple[str, ...]

    @property
    def path(self) -> str:
        return "/".join(self.parts)


class _Counting(io.BufferedIOBase):
    """An archive's file that knows how many bytes of it were read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = self._file.read(-1 if size is None else size)
        self.count += len(data)
        return data

    def seek(self, offset: int, whence: int = 0, /) -> int:
        if whence == io.SEEK_SET and offset < 0:  # an archive whose beginning is gone
            raise zipfile.BadZipFile("it points before its own beginning")
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


class Archive:
    """An archive whose names have been judged."""

    def __init__(self, shown: str, zipped: zipfile.ZipFile, file: _Counting, limits: Limits) -> None:
        self._shown, self._zipped, self._file, self._limits = shown, zipped, file, limits
        self.entries = self._judged()

    def unpack(self, folder: Path) -> int:
        """Every file into `folder`, which is there and empty; returns the bytes written. Raises PackError."""
        total = 0
        for entry in self.entries:
            target = folder.joinpath(*entry.parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with self._zipped.open(entry.info) as packed, target.open("xb") as out:
                    total += self._copy(entry, packed, out, total)
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as wrong:
                raise self._refused(entry.path, _damage(wrong)) from None
            except RuntimeError as wrong:  # zipfile's way of asking for a password
                raise self._refused(entry.path, f"cannot be unpacked: {wrong}") from None
        return total

    def _copy(self, entry: Entry, packed: IO[bytes], out: BinaryIO, before: int) -> int:
        written, began = 0, self._file.count
        while chunk := packed.read(_CHUNK):
            written += len(chunk)
            if written > self._limits.file_bytes:
                most = self._limits.file_bytes / 1e6
                raise self._refused(entry.path, f"is larger than {most:g} MB unpacked (--max-file-mb raises that)")
            if before + written > self._limits.bytes:
                most = self._limits.bytes / 1e6
                raise self._refused(entry.path, f"makes it more than {most:g} MB unpacked (--max-mb raises that)")
            if written > RATIO_AFTER and written > RATIO * max(1, self._file.count - began):
                raise self._refused(entry.path, f"unpacks to over {RATIO} times its size: no sound does")
            out.write(chunk)
        return written

    def _judged(self) -> tuple[Entry, ...]:
        infos = self._zipped.infolist()
        if len(infos) > self._limits.files:
            what = f"holds {len(infos)} entries, more than {self._limits.files} (--max-files raises that)"
            raise self._refused("", what)
        entries: list[Entry] = []
        taken: dict[str, tuple[str, bool]] = {}  # folded path -> as written, and whether it is a folder
        offsets: set[int] = set()
        for info in infos:
            name = _name(info)
            parts = self._parts(name)
            if _is_litter(parts):
                continue
            self._kind(info, name)
            is_folder = name.endswith("/")
            if info.header_offset in offsets:
                raise self._refused(name, "shares its data with another entry")
            offsets.add(info.header_offset)
            self._taken(parts, is_folder, taken)
            if not is_folder:
                entries.append(Entry(info, parts))
        return tuple(entries)

    def _parts(self, name: str) -> tuple[str, ...]:
        """The folders and the file of a name that is safe on every system. Raises PackError."""
        if not name or name == "/":
            raise self._refused(name, "an entry without a name")
        if any(unicodedata.category(one) in ("Cc", "Cs") for one in name):
            raise self._refused(name, "has a control character in its name")
        if "\\" in name:
            raise self._refused(name, "has a backslash in its name; pack it with a program that parts folders with '/'")
        if name.startswith("/"):
            raise self._refused(name, "is an absolute path: it would be written outside the pack's folder")
        if len(name) > 1 and name[1] == ":" and name[0].isalpha():
            raise self._refused(name, "names a drive: it would be written outside the pack's folder")
        parts = tuple(name.removesuffix("/").split("/"))
        if len(parts) > MAX_DEPTH:
            raise self._refused(name, f"is deeper than {MAX_DEPTH} folders")
        for part in parts:
            wrong = _objection(part)
            if wrong:
                raise self._refused(name, wrong)
        return parts

    def _kind(self, info: zipfile.ZipInfo, name: str) -> None:
        mode = info.external_attr >> 16
        form = stat.S_IFMT(mode)
        if form == stat.S_IFLNK:
            raise self._refused(name, "is a link; pack the file itself")
        if form not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise self._refused(name, "is a device or a pipe, no file")
        if (form == stat.S_IFDIR) != name.endswith("/") and form:
            raise self._refused(name, "says that it is a file and a folder")
        if info.flag_bits & 0x2041:  # encrypted, strongly encrypted, with masked headers
            raise self._refused(name, "is encrypted; a pack is open")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self._refused(name, "is packed in a way that not everyone can unpack; use plain zip (deflate)")

    def _taken(self, parts: tuple[str, ...], is_folder: bool, taken: dict[str, tuple[str, bool]]) -> None:
        """Notes a path and the folders it is in. Raises PackError where some system has them in one place."""
        for depth in range(1, len(parts) + 1):
            path, last = "/".join(parts[:depth]), depth == len(parts)
            folder = is_folder or not last
            key = unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
            if key not in taken:
                taken[key] = path, folder
                continue
            other, other_folder = taken[key]
            if other != path:
                accents = _nfc(other) == _nfc(path)
                differs = "how its accents are composed" if accents else "upper and lower case"
                raise self._refused(path, f"is '{other}' once more but for {differs}")
            if folder != other_folder:
                raise self._refused(path, "is a file and a folder")
            if last and not folder:
                raise self._refused(path, "is in it twice")

    def _refused(self, entry: str, what: str) -> PackError:
        return refused(self._shown, entry, what)


def refused(shown: str, entry: str, what: str) -> PackError:
    """One message: `file.zip:entry: what`."""
    at = f"{shown}:{_visible(entry)}" if entry else shown
    return PackError([Problem(Place(at), what)])


@contextmanager
def opened(path: Path, shown: str, limits: Limits) -> Iterator[Archive]:
    """The archive in `path`, its names judged. Raises PackError."""
    with _file(path, shown) as file:
        counting = _Counting(file)
        try:
            _plausible(file, shown, limits)
            zipped = zipfile.ZipFile(counting)
        except OSError as wrong:
            raise refused(shown, "", f"cannot be read: {wrong.strerror or wrong}") from None
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, EOFError) as wrong:
            raise refused(shown, "", f"is no zip archive, or damaged ({wrong})") from None
        with zipped:
            yield Archive(shown, zipped, counting, limits)


def _file(path: Path, shown: str) -> BinaryIO:
    try:
        if path.is_dir():
            raise refused(shown, "", "is a folder, not an archive; copy it into sfx/ as it is")
        if path.exists() and not path.is_file():
            raise refused(shown, "", "is not a file")
        return path.open("rb")
    except FileNotFoundError:
        raise refused(shown, "", "there is no such file") from None
    except (OSError, ValueError) as wrong:
        raise refused(shown, "", f"cannot be read: {getattr(wrong, 'strerror', None) or wrong}") from None


def _plausible(file: BinaryIO, shown: str, limits: Limits) -> None:
    """Judges the table of contents by its size before it is read into memory. Raises PackError."""
    size = file.seek(0, io.SEEK_END)
    if size > limits.bytes:
        raise refused(shown, "", f"is larger than {limits.bytes / 1e6:g} MB (--max-mb raises that)")
    reach = min(size, 76 + 22 + 65535)  # the records at the end, and the longest comment after them
    file.seek(size - reach)
    tail = file.read(reach)
    file.seek(0)
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < 22:
        raise refused(shown, "", "is no zip archive, or its end is missing")
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    if at >= 76 and tail[at - 20 : at - 16] == b"PK\6\7":  # zip64 has a record of its own before it
        length = max(length, int.from_bytes(tail[at - 36 : at - 28], "little"))
    if length > limits.files * _DIRECTORY_BYTES:
        what = f"has a table of contents for more than {limits.files} entries (--max-files raises that)"
        raise refused(shown, "", what)


def _name(info: zipfile.ZipInfo) -> str:
    """The name as it was written: Python's own cuts it at a NUL, and takes UTF-8 without the flag for cp437."""
    name = info.orig_filename
    if info.flag_bits & 0x800:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return name


def _objection(part: str) -> str:
    """Why a folder or file cannot be called `part` on every system, or nothing."""
    judged = (
        (part == "..", "leaves the pack's folder"),
        (part in ("", "."), "has a folder without a name in it"),
        (part != part.strip(" ") or part.endswith("."), "has a space at an end of a name, or a dot: Windows drops it"),
        (bool(_FORBIDDEN & set(part)), 'has one of < > : " | ? * in its name, which Windows has not'),
        (is_device(part), f"is called '{part}', which is a device on Windows"),
        (len(part.encode("utf-8", "surrogatepass")) > MAX_NAME, f"has a name of more than {MAX_NAME} bytes"),
    )
    return next((why for wrong, why in judged if wrong), "")


def _is_litter(parts: tuple[str, ...]) -> bool:
    """What a Mac (`._name`: what only it knows of a file), Windows or a version control puts beside files."""
    folded = [part.casefold() for part in parts]
    return any(one in _LITTER for one in folded) or folded[-1] in _LITTER_FILES or folded[-1].startswith("._")


def _damage(wrong: Exception) -> str:
    said = str(wrong)
    if "CRC" in said:
        return "is damaged: its checksum is wrong"
    if isinstance(wrong, NotImplementedError):
        return "is packed in a way that not everyone can unpack; use plain zip (deflate)"
    return "is damaged, or cut off"


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _visible(entry: str) -> str:
    """A name as one line of a message can hold it."""
    shown = "".join(
        one if one.isprintable() else one.encode("unicode_escape", "backslashreplace").decode() for one in entry
    )
    return shown if len(shown) <= 120 else f"{shown[:117]}…"
