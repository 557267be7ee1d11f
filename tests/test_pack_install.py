"""`render pack install`: what a zip archive can do to one, built here, and what becomes of a good one."""

from __future__ import annotations

import io
import os
import stat
import unicodedata
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile

from producer.errors import PackError
from producer.model import chance
from producer.packs.archive import Limits
from producer.packs.installing import unpacked
from tests.bench_helpers import HEAD, KNOCK, RATE, as_json, hit, noise, pack
from tests.face_helpers import Shell, cache, files, shell

__all__ = ["cache", "shell"]

Held = list[tuple[str | zipfile.ZipInfo, bytes]]


def recording(seed: int = 1) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, hit(seed=seed), RATE, subtype="PCM_16", format="WAV")
    return file.getvalue()


def good(name: str = "p", top: str = "") -> Held:
    return [(f"{top}pack.yaml", (HEAD.format(name=name) + KNOCK).encode()), (f"{top}knock/a.wav", recording())]


def zipped(held: Held, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", packing) as archive:
        warnings.filterwarnings("ignore", "Duplicate name")  # that is the point
        for name, content in held:
            archive.writestr(name, content)
    return file.getvalue()


def entry(name: str, mode: int = 0, system: int = 3) -> zipfile.ZipInfo:
    """An entry of exactly this name: Python would cut it at a NUL."""
    made = zipfile.ZipInfo("placeholder")
    made.filename = name
    made.external_attr = mode << 16
    made.create_system = system
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def with_name(name: str, mode: int = 0, content: bytes = b"x") -> Callable[[], bytes]:
    return lambda: zipped([*good(), (entry(name, mode), content)])


def with_names(*names: str) -> Callable[[], bytes]:
    return lambda: zipped([*good(), *((entry(name), b"x") for name in names)])


def patched(raw: bytes, name: str, field: int, value: bytes, *, local: int | None = None) -> bytes:
    """The archive with bytes of an entry's record in the table of contents changed, and of its local one."""
    whole = bytearray(raw)
    at = -1
    while True:
        at = whole.index(b"PK\1\2", at + 1)
        length = int.from_bytes(whole[at + 28 : at + 30], "little")
        if whole[at + 46 : at + 46 + length] == name.encode():
            break
    whole[at + field : at + field + len(value)] = value
    if local is not None:
        start = int.from_bytes(whole[at + 42 : at + 46], "little")
        whole[start + local : start + local + len(value)] = value
    return bytes(whole)


def encrypted() -> bytes:
    return patched(zipped(good()), "knock/a.wav", 8, b"\1\0", local=6)


def wrong_sum() -> bytes:
    return patched(zipped(good()), "knock/a.wav", 16, b"\1\2\3\4", local=14)


def two_in_one_place() -> bytes:
    return patched(zipped([*good(), ("knock/b.wav", recording())]), "knock/b.wav", 42, b"\0\0\0\0")


def bomb(claimed: int | None = None) -> bytes:
    """50 MB of nothing in 50 kB; perhaps it claims to be packed less."""
    raw = zipped([*good(), ("knock/z.wav", bytes(50_000_000)), ("knock/y.wav", noise(9).tobytes())])
    return raw if claimed is None else patched(raw, "knock/z.wav", 20, claimed.to_bytes(4, "little"))


def small_claim() -> bytes:
    """An entry that says that it unpacks to 10 bytes."""
    return patched(zipped(good()), "knock/a.wav", 24, (10).to_bytes(4, "little"), local=22)


def long_contents() -> bytes:
    """A table of contents of 6 MB for three entries."""
    held = good()
    for number in range(100):
        made = entry(f"x{number}")
        made.comment = b"x" * 60_000
        held.append((made, b"x"))
    return zipped(held)


E_ACUTE = "é"
TABLE: dict[str, tuple[Callable[[], bytes], str, str]] = {
    # what: (the archive, the entry that is named, what is said)
    "climbs out": (with_name("../../evil.txt"), "../../evil.txt", "leaves the pack's folder"),
    "climbs out from within": (with_name("a/../../b.txt"), "a/../../b.txt", "leaves the pack's folder"),
    "absolute": (with_name("/abs.txt"), "/abs.txt", "absolute"),
    "two slashes": (with_name("//server/share.txt"), "//server/share.txt", "absolute"),
    "a drive": (with_name("C:/win.txt"), "C:/win.txt", "drive"),
    "a drive, relative": (with_name("c:win.txt"), "c:win.txt", "drive"),
    "a drive and a backslash": (with_name("C:\\win.txt"), "C:\\win.txt", "backslash"),
    "backslashes": (with_name("..\\..\\bs.txt"), "..\\..\\bs.txt", "backslash"),
    "a NUL": (with_name("a.wav\0.txt"), "a.wav\\x00.txt", "control character"),
    "a line break": (with_name("a\nb.txt"), "a\\nb.txt", "control character"),
    "an escape": (with_name("a\x1b[31m.txt"), "a\\x1b[31m.txt", "control character"),
    "no name": (with_name(""), "", "without a name"),
    "a folder without a name": (with_name("a//b.txt"), "a//b.txt", "without a name"),
    "a dot for a folder": (with_name("./b.txt"), "./b.txt", "without a name"),
    "a device of Windows": (with_name("knock/NUL.wav"), "knock/NUL.wav", "device on Windows"),
    "another": (with_name("com1"), "com1", "device on Windows"),
    "a folder that is a device": (with_name("Aux/a.wav"), "Aux/a.wav", "device on Windows"),
    "a dot at the end": (with_name("knock/a."), "knock/a.", "Windows drops it"),
    "a space at the end": (with_name("knock /a.wav"), "knock /a.wav", "Windows drops it"),
    "a stream": (with_name("knock/a.wav:b"), "knock/a.wav:b", "which Windows has not"),
    "a question mark": (with_name("what?.wav"), "what?.wav", "which Windows has not"),
    "a long name": (with_name("x" * 256), "x" * 117 + "…", "255 bytes"),
    "deep": (with_name("a/" * 16 + "b"), "a/" * 16 + "b", "deeper than 16"),
    "a link": (with_name("knock/l.wav", stat.S_IFLNK | 0o777, b"/etc/passwd"), "knock/l.wav", "is a link"),
    "a device": (with_name("knock/d.wav", stat.S_IFCHR | 0o666), "knock/d.wav", "device or a pipe"),
    "a pipe": (with_name("knock/f.wav", stat.S_IFIFO | 0o666), "knock/f.wav", "device or a pipe"),
    "a folder by its mode": (with_name("knock/f", stat.S_IFDIR | 0o755), "knock/f", "a file and a folder"),
    "twice": (with_names("knock/b.wav", "knock/b.wav"), "knock/b.wav", "is in it twice"),
    "twice but for case": (with_names("knock/b.wav", "Knock/c.wav"), "Knock", "upper and lower case"),
    "a file but for case": (with_names("knock/B.wav", "knock/b.wav"), "knock/b.wav", "upper and lower case"),
    "twice but for accents": (
        with_names(f"{E_ACUTE}.wav", unicodedata.normalize("NFD", f"{E_ACUTE}.wav")),
        unicodedata.normalize("NFD", f"{E_ACUTE}.wav"),
        "accents are composed",
    ),
    "a file and a folder": (with_names("knock/b", "knock/b/c.wav"), "knock/b", "a file and a folder"),
    "encrypted": (encrypted, "knock/a.wav", "encrypted"),
    "bzip2": (lambda: zipped(good(), zipfile.ZIP_BZIP2), "pack.yaml", "not everyone can unpack"),
    "two in one place": (two_in_one_place, "knock/b.wav", "shares its data"),
    "a bomb": (bomb, "knock/z.wav", "over 100 times"),
    "a bomb that claims to be large": (lambda: bomb(2_000_000), "knock/z.wav", "over 100 times"),
    "a wrong checksum": (wrong_sum, "knock/a.wav", "checksum is wrong"),
    "a size that is a lie": (small_claim, "knock/a.wav", "is damaged"),
    "a long table of contents": (long_contents, "", "table of contents"),
    "cut off": (lambda: zipped(good())[:-40], "", "no zip archive"),
    "its beginning cut off": (lambda: zipped(good())[3000:], "pack.yaml", "damaged"),
    "a hole": (lambda: (whole := zipped(good()))[:2000] + bytes(500) + whole[2500:], "knock/a.wav", "damaged"),
    "no zip": (lambda: b"Rar!" + bytes(1000), "", "no zip archive"),
    "empty": (lambda: b"", "", "no zip archive"),
    "nothing in it": (lambda: zipped([]), "", "holds no files"),
    "only a folder": (lambda: zipped([("p/", b"")]), "", "holds no files"),
    "no pack": (lambda: zipped([("notes.txt", b"x")]), "", "holds no pack.yaml"),
    "two packs": (lambda: zipped([*good("p", "p/"), *good("q", "q/")]), "", "holds 2 packs"),
    "too deep": (lambda: zipped(good("p", "a/b/")), "a/b/pack.yaml", "stands too deep"),
    "a pack called like a device": (lambda: zipped(good("con")), "pack.yaml", "device on Windows"),
    "a file that leaves the pack": (
        lambda: zipped([("pack.yaml", (HEAD.format(name="p") + "  a: {files: ../../a.wav}\n").encode())]),
        "pack.yaml:7:14",
        "leaves the pack's folder",
    ),
    "a file that is not there": (
        lambda: zipped([("top/pack.yaml", (HEAD.format(name="p") + "  a: {files: b.wav}\n").encode())]),
        "top/pack.yaml:7:14",
        "is not there",
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_one_message_and_nothing_written(case: str, tmp_path: Path, shell: Shell) -> None:
    make, at, says = TABLE[case]
    raw = make()
    root = tmp_path / "here" / "project"
    pack(root, "mine", "  wind: {foley: wind}\n")
    (root / "bad.zip").write_bytes(raw)
    before = files(tmp_path)
    done = shell("pack", "install", "bad.zip", cwd=root)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"bad.zip:{at}: " if at else "bad.zip: ")
    assert says in done.err
    assert done.err.count("\n") == 1
    assert files(tmp_path) == before
    assert [path.name for path in (root / "sfx").iterdir()] == ["mine"]


def test_where_there_was_no_folder_of_packs_there_is_none_after_a_refusal(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "script").mkdir()
    (tmp_path / "bad.zip").write_bytes(wrong_sum())
    assert shell("pack", "install", "bad.zip", cwd=tmp_path).code == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.zip", "script"]


@pytest.mark.parametrize(
    ("limit", "what"),
    [
        (("--max-mb", "1"), "more than 1 MB"),
        (("--max-file-mb", "1"), "larger than 1 MB"),
        (("--max-files", "2"), "more than 2"),
    ],
)
def test_a_limit_is_stated_and_can_be_raised(limit: tuple[str, str], what: str, tmp_path: Path, shell: Shell) -> None:
    big = io.BytesIO()
    soundfile.write(big, 0.1 * noise(12), RATE, subtype="PCM_16", format="WAV")
    # Half zeros: the archive is smaller than the limit that what is in it exceeds.
    packed = zipped([*good(), ("knock/b.wav", big.getvalue()[:600_000] + bytes(500_000))])
    (tmp_path / "sfx").mkdir()
    (tmp_path / "p.zip").write_bytes(packed)
    done = shell("pack", "install", "p.zip", *limit, cwd=tmp_path)
    assert done.code == 1 and what in done.err and f"({limit[0]} raises that)" in done.err
    assert not list((tmp_path / "sfx").iterdir())
    raised = (limit[0], "3")
    assert shell("pack", "install", "p.zip", *raised, cwd=tmp_path).code == 0


# ---- what is well made


@pytest.mark.parametrize("top", ["", "p/", "p-1.0.0/"])
def test_a_pack_lands_under_its_own_name(top: str, tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "sfx").mkdir()
    (tmp_path / "sent.zip").write_bytes(zipped(good(top=top)))
    done = shell("pack", "install", "sent.zip", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "p 1.0.0: Tests",
        "licence CC0-1.0, by A. Author",
        "1 role, 2 files, 0.0 MB",
        "installed sfx/p",
        "listen to it: render pack check p",
    ]
    assert files(tmp_path / "sfx") == {f"p/{name}": content for name, content in dict(good()).items()}
    assert shell("pack", "check", "--strict", cwd=tmp_path).code == 0


def test_what_a_system_or_a_version_control_adds_is_left_out(tmp_path: Path, shell: Shell) -> None:
    extra: Held = [("__MACOSX/p/._pack.yaml", b"x"), ("p/.DS_Store", b"x"), ("p/", b""), ("p/knock/", b"")]
    extra += [("p/knock/Thumbs.db", b"x"), ("p/knock/._a.wav", b"x"), ("p/knock/__MACOSX/a.wav", b"x")]
    extra += [("p/.git/HEAD", b"x"), ("p/.git/refs/heads/Fix", b"x"), ("p/.git/refs/heads/fix", b"x")]
    (tmp_path / "sfx").mkdir()
    (tmp_path / "p.zip").write_bytes(zipped([*extra, *good(top="p/")]))
    assert shell("pack", "install", "p.zip", cwd=tmp_path).code == 0
    assert set(files(tmp_path / "sfx")) == {"p/pack.yaml", "p/knock/a.wav"}


def test_modes_are_this_users_own(tmp_path: Path, shell: Shell) -> None:
    held: Held = [(entry(str(name), stat.S_IFREG | 0o6000), content) for name, content in good()]
    (tmp_path / "sfx").mkdir()
    (tmp_path / "p.zip").write_bytes(zipped(held))
    assert shell("pack", "install", "p.zip", cwd=tmp_path).code == 0
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    for path in (tmp_path / "sfx").rglob("*.*"):
        assert path.stat().st_mode == plain.stat().st_mode


def test_names_in_utf8_without_the_flag_are_read_as_such(tmp_path: Path, shell: Shell) -> None:
    sound = f"knock/{E_ACUTE}.wav"
    (tmp_path / "sfx").mkdir()
    raw = zipped([good()[0], ("knock/XX.wav", recording())])  # Python sets the flag for any name that needs it
    (tmp_path / "p.zip").write_bytes(raw.replace(b"knock/XX.wav", sound.encode()))
    assert shell("pack", "install", "p.zip", cwd=tmp_path).code == 0
    assert set(files(tmp_path / "sfx" / "p")) == {"pack.yaml", sound}


def test_an_archive_in_an_archive_is_just_a_file(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "sfx").mkdir()
    inner = bomb()
    (tmp_path / "p.zip").write_bytes(zipped([*good(), ("more.zip", inner)]))
    assert shell("pack", "install", "p.zip", cwd=tmp_path).code == 0
    assert files(tmp_path / "sfx" / "p")["more.zip"] == inner


def test_a_library_named_by_ucs_is_called_like_its_folder_or_its_archive(tmp_path: Path, shell: Shell) -> None:
    for top, name in (("", "city_wind"), ("air/", "air")):
        root = tmp_path / name
        (root / "sfx").mkdir(parents=True)
        held: Held = [
            (f"{top}LICENSE.txt", b"CC0-1.0\n"),
            (f"{top}WINDInt_Through Ruins_QH_001.wav", recording()),
        ]
        (root / "city wind.zip").write_bytes(zipped(held))
        done = shell("pack", "install", "city wind.zip", "--json", cwd=root)
        facts = as_json(done)
        assert (facts["pack"], facts["licence"], facts["author"]) == (name, "CC0-1.0", "QH")
        assert (root / "sfx" / name / "LICENSE.txt").is_file()


def test_one_that_is_there_is_replaced_only_when_asked_and_whole(tmp_path: Path, shell: Shell) -> None:
    pack(tmp_path, "p", "  wind: {foley: wind}\n")
    old = files(tmp_path / "sfx")
    (tmp_path / "p.zip").write_bytes(zipped(good()))
    done = shell("pack", "install", "p.zip", cwd=tmp_path)
    assert done.code == 1
    assert done.err == "p.zip: the pack 'p' 1.0.0 is in sfx already; --replace puts this one (1.0.0) in its place\n"
    assert files(tmp_path / "sfx") == old
    (tmp_path / "bad.zip").write_bytes(wrong_sum())
    assert shell("pack", "install", "bad.zip", "--replace", cwd=tmp_path).code == 1
    assert files(tmp_path / "sfx") == old
    facts = as_json(shell("pack", "install", "p.zip", "--replace", "--json", cwd=tmp_path))
    assert facts["replaced"] is True
    assert set(files(tmp_path / "sfx")) == {"p/pack.yaml", "p/knock/a.wav"}  # nothing of the old one, nothing left over


def test_a_neighbour_that_differs_in_case_is_no_place_for_it(tmp_path: Path, shell: Shell) -> None:
    pack(tmp_path, "P", "  wind: {foley: wind}\n")
    (tmp_path / "p.zip").write_bytes(zipped(good()))
    done = shell("pack", "install", "p.zip", "--replace", cwd=tmp_path)
    assert done.code == 1 and "'p' would stand beside 'P'" in done.err
    assert [path.name for path in (tmp_path / "sfx").iterdir()] == ["P"]


def test_a_link_to_a_pack_elsewhere_is_replaced_and_what_it_led_to_is_kept(tmp_path: Path, shell: Shell) -> None:
    elsewhere = pack(tmp_path / "elsewhere", "p", "  wind: {foley: wind}\n")
    (tmp_path / "sfx").mkdir()
    (tmp_path / "sfx" / "p").symlink_to(elsewhere, target_is_directory=True)
    (tmp_path / "p.zip").write_bytes(zipped(good()))
    assert shell("pack", "install", "p.zip", "--replace", cwd=tmp_path).code == 0
    assert set(files(elsewhere)) == {"pack.yaml"}
    assert not (tmp_path / "sfx" / "p").is_symlink()


def test_to_names_another_folder_of_packs(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "p.zip").write_bytes(zipped(good()))
    done = shell("pack", "install", "p.zip", "--to", "library/packs", "--quiet", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, "", "")
    assert set(files(tmp_path / "library" / "packs")) == {"p/pack.yaml", "p/knock/a.wav"}


@pytest.mark.parametrize(("name", "says"), [("none.zip", "no such file"), ("sfx", "is a folder")])
def test_what_is_no_file_is_said_to_be_none(name: str, says: str, tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "sfx").mkdir()
    done = shell("pack", "install", name, cwd=tmp_path)
    assert done.code == 1 and done.err.startswith(f"{name}: ") and says in done.err


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root writes anywhere, and Windows has no modes")
def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "sfx").mkdir(mode=0o500)
    (tmp_path / "p.zip").write_bytes(zipped(good()))
    done = shell("pack", "install", "p.zip", cwd=tmp_path)
    assert done.code == 1 and "cannot be unpacked into sfx" in done.err


def test_what_a_sender_writes_cannot_reach_the_terminal(tmp_path: Path, shell: Shell) -> None:
    head = HEAD.replace("title: Tests", 'title: "Tests\\e[2J\\u202e"')
    (tmp_path / "sfx").mkdir()
    (tmp_path / "p.zip").write_bytes(zipped([("pack.yaml", (head.format(name="p") + KNOCK).encode()), *good()[1:]]))
    done = shell("pack", "install", "p.zip", cwd=tmp_path)
    assert done.code == 0 and done.out.splitlines()[0] == "p 1.0.0: Tests�[2J�"
    (tmp_path / "sfx" / "p" / "README.md").write_text("a\x1b]0;b\x07\nc\td\n", "utf-8")
    shown = shell("pack", "show", "p", cwd=tmp_path).out
    assert "a�]0;b�\nc\td\n" in shown and "\x1b" not in shown


def test_a_damaged_archive_is_refused_or_whole_whatever_the_damage(tmp_path: Path) -> None:
    """Bits of the records turned over at random: never a traceback, a file elsewhere, or anything left half done."""
    base = zipped([*good(top="p/"), ("p/notes.txt", b"n" * 300)])
    records = [at for at in range(len(base)) if base[at : at + 2] == b"PK"]
    whole = 0
    for seed in range(200):
        draw = chance.rng("damaged archive", seed)
        raw = bytearray(base)
        for _ in range(int(draw.integers(1, 4))):
            at = min(len(raw) - 1, int(draw.choice(records)) + int(draw.integers(0, 60)))
            raw[at] ^= 1 << int(draw.integers(0, 8))
        (tmp_path / "p.zip").write_bytes(raw)
        try:
            with unpacked(tmp_path / "p.zip", tmp_path / "sfx", Limits()) as parcel:
                parcel.land(replace=True)
            whole += 1
        except PackError as refused:
            assert str(refused).startswith(f"{tmp_path.as_posix()}/p.zip")
        assert {path.name for path in tmp_path.iterdir()} <= {"p.zip", "sfx"}
        assert not list(tmp_path.glob("sfx/.*"))
    assert 5 < whole < 150  # some damage is to times and modes, which are not believed anyway
