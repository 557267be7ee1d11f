"""Each format of a session by its own rules, and names that mean harm."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import opentimelineio as otio
import pytest
import rpp

from producer.model.script import Member, Room
from producer.model.timeline import SceneSpan, TimelineMark
from producer.session import Episode, write
from producer.session.names import cell, line
from producer.session.sheets import COLUMNS
from producer.units import Samples, Span
from tests import session_helpers as reaper
from tests.dawproject_helpers import broken
from tests.mix_helpers import HERE, STANDARD, Sounds, bed, bed_of, hit, noise, script, spoken, take, timeline, voice
from tests.test_session import RATE_HZ, episode, s

HOSTILE = [
    "all three \" ' ` quotes",
    'a\nFILE "/etc/passwd"\n>\n>\r<TRACK',
    "\u2028>\x85<ITEM\x0b\x0c\x1c",
    '<a href="x">&amp; ]]> <!-- ',
    "🎭 👩\u200d🚀 \u200f\u202eשלום مرحبا",
    "x" * 300,
    "../../../tmp/out",
    "/etc/passwd",
    "C:\\con\\..\\aux",
    '=HYPERLINK("a","b")',
    "tab\there, comma; semicolon",
    "\x00\x1b[31m",
    "|pipe",
    ">",
]


def hostile_episode(name: str) -> Episode:
    """An episode where everything is called `name`."""
    said, sound = voice(0.5, RATE_HZ), noise(RATE_HZ // 2, 1, "a")
    clips = [
        replace(spoken(name, 0, said, text=name, room=name), name=name),
        hit(name, s(1), sound, id=f"sound {name}", room=name),
        bed(name, 0, s(2), id=f"bed {name}", level=-12.0),
    ]
    whole = Span(Samples(0), s(2))
    scene = SceneSpan(id="scene-1", title=name, span=whole, place=HERE, room=name, margin=STANDARD)
    plan = replace(
        timeline(clips, s(2), RATE_HZ), scenes=(scene,), marks=(TimelineMark(name=name, sample=s(1), place=HERE),)
    )
    return Episode(
        slug=name,
        timeline=plan,
        script=script(
            title=name,
            cast={name: Member(key=name, name=name, voice="")},
            rooms={name: Room(name=name, preset="small room")},
        ),
        takes={(name, 0): take(said)},
        palette=Sounds(RATE_HZ, {name: sound}, {name: bed_of(noise(RATE_HZ, 2, "b"), RATE_HZ)}),
    )


@pytest.fixture(scope="module", params=HOSTILE, ids=range(len(HOSTILE)))
def hostile(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path, Path]]:
    """The name, the session's folder, and the empty folder that it stands in."""
    around = tmp_path_factory.mktemp("around")
    write(around / "in" / "session", hostile_episode(request.param), work=tmp_path_factory.mktemp("work"))
    yield request.param, around / "in" / "session", around


def only(folder: Path, suffix: str) -> Path:
    (found,) = folder.glob(f"*{suffix}")
    return found


def test_hostile_names_make_no_file_elsewhere_and_none_with_an_odd_name(hostile: tuple[str, Path, Path]) -> None:
    _, folder, around = hostile
    assert [path.name for path in around.iterdir()] == ["in"]
    assert [path.name for path in (around / "in").iterdir()] == ["session"]
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    assert len(names) == 6 + 4
    assert all(one.isalnum() or one in "-_./" for name in names for one in name)
    assert not [name for name in names if ".." in name or name.startswith(("/", ".")) or len(name) > 80]


def test_hostile_names_add_no_line_to_a_reaper_project(hostile: tuple[str, Path, Path]) -> None:
    name, folder, _ = hostile
    text = only(folder, ".rpp").read_text("utf-8")
    for project in (reaper.read(text), reaper.read(rpp.dumps(rpp.loads(text)))):
        tracks = project.all("TRACK")
        assert [len(track.all("ITEM")) for track in tracks] == [0, 1, 0, 1, 0, 1, 0]
        files = [row[0] for chunk in project.walk() for row in chunk.every("FILE")]
        assert len(files) == 3
        assert all(file.startswith("media/") and (folder / file).is_file() for file in files)
        # Of a name with all three quotation marks REAPER's grammar keeps two.
        shown = line(name).replace("`", "'") if '"' in name and "'" in name else line(name)
        assert tracks[1].one("NAME") == [line(f"{name} ({name})").replace("`", "'")]
        assert tracks[6].one("NAME") == [f"room: {shown}"]
        assert [row[2] for row in project.every("MARKER")] == [shown, shown, ""]
        assert {words[0] for words in project.lines} == {"PANLAW", "PANMODE", "SAMPLERATE", "TEMPO", "TITLE", "MARKER"}


def test_hostile_names_are_only_names_in_a_dawproject(hostile: tuple[str, Path, Path]) -> None:
    name, folder, _ = hostile
    with zipfile.ZipFile(only(folder, ".dawproject")) as archive:
        root = ElementTree.fromstring(archive.read("project.xml"))
        about = ElementTree.fromstring(archive.read("metadata.xml"))
        inside = archive.namelist()
    assert [*broken(root), *broken(about)] == []
    assert about.findtext("Title") == line(name)
    tracks = [track.get("name") for track in root.iter("Track")]
    assert tracks[1] == line(f"{name} ({name})")
    assert all(entry in ("project.xml", "metadata.xml") or entry.startswith("media/") for entry in inside)
    assert {file.get("path") for file in root.iter("File")} <= set(inside)


def test_hostile_names_are_only_names_in_otio_labels_and_cues(hostile: tuple[str, Path, Path]) -> None:
    name, folder, _ = hostile
    read = otio.adapters.read_from_file(str(only(folder, ".otio")))
    assert read.name == line(name)
    assert next(track.name for track in read.tracks) == line(f"{name} ({name})")
    rows = only(folder, ".labels.txt").read_bytes().decode().split("\n")
    assert rows[-1] == ""
    assert [len(row.split("\t")) for row in rows[:-1]] == [3, 3, 3]
    raw = only(folder, ".csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbftime,") and raw.count(b"\n") == raw.count(b"\r\n") == 1 + 5
    table = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))
    assert tuple(table[0]) == COLUMNS
    assert len(table) == 1 + 5
    assert all(len(row) == len(COLUMNS) for row in table)
    cells = [value for row in table[1:] for value in row if value]
    assert not [value for value in cells if value[0] in "=+@" or (value[0] == "-" and not number(value))]


@pytest.mark.parametrize(
    "begins", ["=", "+", "-", "@", "\t=", " =", "\r\n=", "＝", "＋", "－", "＠", "\ufeff=", "\u200b=", "−"]
)
def test_no_text_begins_like_a_formula(begins: str) -> None:
    assert cell(f"{begins}1+1|cmd").startswith("'")
    assert cell(f"Mind the {begins}") == line(f"Mind the {begins}")


def number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("formats")
    write(made / "session", episode(), work=made / "work")
    return made / "session"


def test_the_dawproject_keeps_the_schemas_rules(folder: Path) -> None:
    with zipfile.ZipFile(folder / "one_of_each.dawproject") as archive:
        assert archive.namelist()[:2] == ["project.xml", "metadata.xml"]
        assert archive.testzip() is None
        root = ElementTree.fromstring(archive.read("project.xml"))
        assert list(broken(root)) == []
        assert list(broken(ElementTree.fromstring(archive.read("metadata.xml")))) == []
        paths = {file.attrib["path"] for file in root.iter("File")}
        assert paths <= set(archive.namelist())
        assert all((folder / path).read_bytes() == archive.read(path) for path in paths)
    sends = [send.get("destination") for send in root.iter("Send")]
    rooms = [channel.get("id") for channel in root.iter("Channel") if channel.get("role") == "effect"]
    assert len(sends) == 2
    assert set(sends) == set(rooms)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda root: root.find("Arrangement/Lanes/Lanes").set("track", "nobody"),
            "Lanes track='nobody' is nobody's id",
        ),
        (lambda root: next(root.iter("Clip")).attrib.pop("time"), "Clip has no time"),
        (lambda root: next(root.iter("RealPoint")).set("interpolation", "cubic"), "RealPoint interpolation='cubic'"),
        (lambda root: root.append(root[0]), "Project: Application is not in its place"),
    ],
)
def test_the_rules_see_what_is_wrong(folder: Path, change, said: str) -> None:  # type: ignore[no-untyped-def]
    with zipfile.ZipFile(folder / "one_of_each.dawproject") as archive:
        root = ElementTree.fromstring(archive.read("project.xml"))
    change(root)
    assert said in list(broken(root))


def test_otio_has_every_item_at_its_place(folder: Path) -> None:
    read = otio.adapters.read_from_file(str(folder / "one_of_each.otio"))
    project = reaper.read((folder / "one_of_each.rpp").read_text("utf-8"))
    wanted = [
        (
            round(float(item.one("POSITION")[0]) * RATE_HZ),
            round(float(item.one("LENGTH")[0]) * RATE_HZ),
            item.all("SOURCE")[0].one("FILE")[0],
            float(item.one("VOLPAN")[0]),
        )
        for track in project.all("TRACK")
        for item in track.all("ITEM")
    ]
    assert [track.name for track in read.tracks if not track.enabled] == ["the mix as it was (muted)"]
    assert not read.tracks[-1].enabled
    found = []
    for track in read.tracks:
        assert track.kind == "Audio"
        for one in track.find_clips():
            place = one.trimmed_range_in_parent()
            assert place.start_time.rate == RATE_HZ
            assert one.source_range.end_time_exclusive() <= one.media_reference.available_range.end_time_exclusive()
            url = one.media_reference.target_url
            assert (folder / url).is_file()
            figures = one.metadata["producer"]
            found.append((int(place.start_time.value), int(place.duration.value), url, figures["volume"]))
    assert [row[:3] for row in found] == [row[:3] for row in wanted]
    assert np.array([row[3] for row in found]) == pytest.approx(np.array([row[3] for row in wanted]), rel=1e-8)
    markers = {marker.name: int(marker.marked_range.start_time.value) for marker in read.tracks.markers}
    assert markers == {"scene-1": 0, "hear: muffled": 5 * RATE_HZ, "turn: The turn": 5 * RATE_HZ}


def test_labels_and_cues_say_when_what_and_which_file(folder: Path) -> None:
    labels = (folder / "one_of_each.labels.txt").read_text("utf-8").splitlines()
    assert labels[0] == "0.000000\t12.000000\tscene-1"
    assert "5.000000\t5.000000\tturn: The turn" in labels
    assert "1.000000\t3.000000\tAnn: plain" in labels
    with (folder / "one_of_each.cues.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["name"], row["text"]) for row in rows if row["kind"] == "mark"] == [("turn", "The turn")]
    table = {row["id"]: row for row in rows if row["kind"] not in ("mark", "hear")}
    plain = table["plain"]
    assert (plain["time"], plain["timecode_25"], plain["start_s"]) == ("0:00:01.000", "00:00:01:00", "1.000000")
    assert (plain["start_sample"], plain["end_sample"]) == (str(RATE_HZ), str(3 * RATE_HZ))
    assert (plain["kind"], plain["character"], plain["text"]) == ("speech", "Ann", "plain")
    assert table["bed-hum-48000"]["character"] == ""
    assert table["far"]["distance_m"] == "4"
    assert table["far"]["room"] == "small stone room"
    assert table["called"]["treatment"] == "tannoy"
    assert table["bed-hum-48000"]["level_lu"] == "'-20.00 to -6.00"
    assert all((folder / name).is_file() for row in table.values() for name in row["files"].split())
    assert len(table["plain"]["files"].split()) == 2
    assert "media/" in (folder / "one_of_each.notes.txt").read_text("utf-8")
