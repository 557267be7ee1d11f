"""Packs: what may stand in a pack.yaml, how mistakes are told, and which pack fills a role."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from producer.cache import Cache
from producer.errors import PackError, Place
from producer.model.pace import Pace
from producer.model.sound import Use
from producer.packs.contents import of_contents
from producer.sounds.find import Packs, licence_problems, load_packs
from producer.sounds.pack import FileSource, FoleySource
from producer.sounds.palette import palette
from tests.sounds_helpers import RATE, RECIPES, noise, packs_of, write, write_pack

RUINS = """\
  wind_through_ruins:
    ucs: WINDInt
    kind: bed
    foley: hiss
    settings: {strength: 0.6, tone: 1.2 kHz}
    aliases: [wind]
  boots_on_concrete:
    ucs: FEETHmn
    kind: steps
    files: [boots/*.wav]
    pace: 0.56 s ± 8 %
    vary: {pitch: ± 60 cents, level: ± 1.5 dB}
  door_creak:
    title: door creaking
    files:
      - {file: doors/long.wav, weight: 2}
      - {file: doors/short.wav, author: N. Name, licence: CC-BY-4.0, source: "https://example.org/1", changed: trimmed}
    onset: 20 ms
  crash:
    layers:
      - foley: knock
        settings: {force: 0.9}
      - {files: doors/short.wav, level: -3 dB, delay: 100 ms}
    variations: 4
"""


@pytest.fixture
def ruins(tmp_path: Path) -> Path:
    folder = tmp_path / "sfx" / "ruins"
    for name in ("boots/b02.wav", "boots/b01.wav", "boots/b10.wav", "doors/long.wav", "doors/short.wav"):
        write(folder / name, noise(0.1))
    return write_pack(folder, RUINS)


def problems(folder: Path) -> list[str]:
    with pytest.raises(PackError) as caught:
        packs_of(folder)
    base = f"{folder.as_posix()}/"
    return [str(problem).removeprefix(base) for problem in caught.value.problems]


def test_everything_in_the_contract_is_read(ruins: Path) -> None:
    (pack,) = packs_of(ruins).listed
    assert (pack.name, pack.version, pack.author, pack.licence) == ("ruins", "1.0.0", "A. Author", "CC0-1.0")
    wind, boots = pack.sounds["wind_through_ruins"], pack.sounds["boots_on_concrete"]
    door, crash = pack.sounds["door_creak"], pack.sounds["crash"]
    source = wind.members[0].layers[0].source
    assert isinstance(source, FoleySource)
    assert source.settings == (("strength", 0.6), ("tone", 1200.0))
    assert (wind.kind, wind.ucs, len(wind.members), wind.sustains) == ("bed", "WINDInt", 1, True)
    files = [member.layers[0].source for member in boots.members]
    assert [file.inside for file in files if isinstance(file, FileSource)] == [
        f"boots/b{n}.wav" for n in ("01", "02", "10")
    ]
    assert boots.pace == Pace(0.56, 0.56, 0.08)
    assert (boots.vary_pitch_cents, boots.vary_level_db) == (60.0, 1.5)
    assert [member.weight for member in door.members] == [2.0, 1.0]
    assert [member.onset_s for member in door.members] == [0.02, 0.02]
    credit = door.members[1].layers[0].source.credit
    assert (credit.author, credit.licence, credit.source) == ("N. Name", "CC-BY-4.0", "https://example.org/1")
    assert (credit.title, credit.changed) == ("door creaking", "trimmed")
    assert [len(member.layers) for member in crash.members] == [2] * 4
    assert (crash.members[0].layers[1].level_db, crash.members[0].layers[1].delay_s) == (-3.0, 0.1)


def test_what_credits_print_stands_on_one_line(tmp_path: Path) -> None:
    head = 'pack: p\ntitle: "P\\n"\nauthor: "X\\n\\nWEBVTT"\nlicence: CC-BY-4.0\nsounds:\n'
    sound = '  thud: {kind: hit, foley: knock, title: "A\\nthud", changed: "cut\\nshort", source: "a\\nb"}\n'
    write_pack(tmp_path / "p", sound, head)
    (pack,) = packs_of(tmp_path / "p").listed
    credit = pack.sounds["thud"].members[0].layers[0].source.credit
    assert (pack.title, pack.author, credit.author) == ("P", "X WEBVTT", "X WEBVTT")
    assert (credit.title, credit.changed, credit.source) == ("A thud", "cut short", "a b")


def test_a_pack_of_recipes_is_kept_until_its_text_changes_and_one_with_recordings_looked_at_anew(
    ruins: Path, tmp_path: Path
) -> None:
    made = write_pack(tmp_path / "sfx" / "made", "  knocking: {foley: knock}\n")
    first = packs_of(made).listed[0]
    assert packs_of(made).listed[0] is first
    write_pack(made, "  knocking: {foley: knock, settings: {force: 0.9}}\n")
    assert [one.sounds["knocking"].members[0].layers[0].source.settings for one in packs_of(made).listed] == [
        (("force", 0.9),)
    ]
    assert len(packs_of(ruins).listed[0].sounds["boots_on_concrete"].members) == 3
    write(ruins / "boots" / "b03.wav", noise(0.1))
    assert len(packs_of(ruins).listed[0].sounds["boots_on_concrete"].members) == 4


def test_a_catalogue_says_what_a_script_may_ask_for(ruins: Path) -> None:
    catalogue = packs_of(ruins).catalogue(voices=frozenset({"en-gb"}))
    wind = catalogue.sounds["wind"]
    assert (wind.role, wind.title, wind.kind, wind.sustains) == ("wind", "wind through ruins", "bed", True)
    assert wind.settings == {"strength": (0.0, 1.0), "tone": (50.0, 4000.0)}
    assert wind.resting == {"strength": 0.6, "tone": 1200.0}
    assert catalogue.sounds["crash"].resting == {"force": 0.9}
    assert catalogue.sounds["door_creak"].title == "door creaking"
    assert catalogue.sounds["boots_on_concrete"].weights == (1.0, 1.0, 1.0)
    assert catalogue.voices == {"en-gb"}


def test_the_first_pack_that_fills_a_role_wins_and_the_rest_is_known_to_be_elsewhere(tmp_path: Path) -> None:
    sfx, shipped = tmp_path / "sfx", tmp_path / "shipped"
    write_pack(sfx / "ruins", "  thud: {foley: knock}\n")
    write_pack(sfx / "works", "  thud: {foley: scrape}\n  grind: {foley: scrape, aliases: [saw]}\n")
    write_pack(shipped / "winter", "  snow: {foley: scrape}\n  thud: {foley: knock}\n")
    write_pack(shipped / "ruins", "  only_shipped: {foley: knock}\n")
    write_pack(shipped / "broken", "  x: {foley: no_such}\n")

    def load(*names: str, extra: tuple[str, ...] = ()) -> Packs:
        return load_packs(names, [sfx, shipped], extra, recipes=RECIPES).whole()

    catalogue = load("ruins", "works", "gone").catalogue()
    assert catalogue.sounds["thud"].pack == "ruins"
    assert catalogue.sounds["saw"].pack == "works"
    assert catalogue.elsewhere == {"snow": ("winter",)}  # not `only_shipped`: the project's own pack hides that one
    assert catalogue.missing_packs == ("gone",)
    assert catalogue.packs == ("broken", "ruins", "winter", "works")
    assert load("ruins", extra=("works",)).catalogue().sounds["thud"].pack == "works"
    assert load("ruins", extra=(str(shipped / "winter"),)).catalogue().sounds["thud"].pack == "winter"


def test_a_pack_that_is_not_listed_is_read_when_a_role_is_missed(tmp_path: Path) -> None:
    write_pack(tmp_path / "near", "  thud: {foley: knock}\n")
    far = write_pack(tmp_path / "far", "  x: {foley: no_such}\n") / "pack.yaml"
    packs = load_packs(["near"], [tmp_path], recipes=RECIPES)
    catalogue = packs.catalogue()
    assert "thud" in catalogue.sounds and packs.found == ("far", "near")
    far.write_text(far.read_text("utf-8").replace("no_such", "knock"), "utf-8")
    assert catalogue.elsewhere == {"x": ("far",)}  # it was not looked into before it was asked for
    far.write_text("", "utf-8")
    assert [pack.name for pack in packs.others] == ["far"]  # nor is it again


def test_a_pack_option_that_leads_nowhere_is_told_with_its_nearest_name(tmp_path: Path) -> None:
    write_pack(tmp_path / "ruins", "  thud: {foley: knock}\n")
    with pytest.raises(PackError) as caught:
        load_packs([], [tmp_path], ["ruin", str(tmp_path)], recipes=RECIPES).whole()
    assert [str(problem) for problem in caught.value.problems] == [
        f"--pack {tmp_path}: holds no pack.yaml; known: ruins",
        "--pack ruin: there is no such pack; did you mean 'ruins'?",
    ]


MISTAKES = """\
  good: {foley: knock}
  bad role: {foley: knock}
  a: {foley: nock}
  b: {foley: knock, settings: {farce: 0.5}}
  c: {foley: knock, settings: {force: 1.5}}
  d: {foley: hiss, settings: {tone: 400}}
  e: {foley: knock, pace: 0.5}
  f: {foley: knock, vary: {pitch: 60 cents}}
  g: {foley: knock, kind: beds}
  h: {foley: knock, ucs: windint}
  i: {foley: knock, ucs: GunAudio}
  j: {files: ../secret.wav}
  k: {files: nothing/*.wav}
  l: {files: /etc/passwd.wav}
  m: {}
  n: {foley: knock, files: x.wav}
  o: {foley: knock, wieght: 2}
  p: {files: [{file: a.wav, wait: 2}]}
  q: {files: [{weight: 2}]}
  r: {files: a.wav, licence: CC-BY-4.0}
  s: {files: a.wav, licence: CC0}
  t: {foley: knock, aliases: [good]}
  u: {foley: knock, onset: -20 ms}
  v: {layers: [{foley: knock, level: 3}]}
  w: {layers: [{foley: knock, settings: {fierce: 1}}]}
  x: {foley: knock, loop: {start: 2 s, end: 1 s}}
  y: {files: "http://example.org/a.wav"}
  z: {files: a.txt}
"""


def test_every_mistake_is_told_at_its_place_and_all_at_once(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "p", MISTAKES)
    write(folder / "a.wav", noise(0.1))
    write(tmp_path / "secret.wav", noise(0.1))
    told = problems(folder)
    expected = [
        "7:3: 'bad role' is no role: roles are letters, digits and _",
        "8:14: no foley recipe is called 'nock'; did you mean 'knock'?",
        "9:32: 'knock' has no setting 'farce'; did you mean 'force'?",
        "10:39: force: '1.5' is outside 0 … 1 (how hard it is struck)",
        "11:37: tone: '400' needs its unit (Hz, kHz), as in '400 Hz'",
        "12:27: '0.5' needs its unit (s, ms, min), as in '250 ms'",
        "13:35: '60 cents' is a spread; write it like '± 60 cents'",
        "14:27: 'beds' is no kind; did you mean 'bed'?",
        "15:26: 'windint' is not a UCS CatID; did you mean 'WINDInt'? (upper and lower case count)",
        "16:26: 'GunAudio' is not a UCS CatID",
        "17:14: '../secret.wav' leaves the pack's folder; name a file inside it",
        "18:14: no audio file is called 'nothing/*.wav'",
        "19:14: '/etc/passwd.wav' leaves the pack's folder; name a file inside it",
        "20:6: one of 'foley' or 'files' or 'layers' belongs here",
        "21:6: only one of 'foley' or 'files' or 'layers' belongs here",
        "22:21: unknown key 'wieght'",
        "23:29: unknown key 'wait'; did you mean 'weight'?",
        "24:15: 'file' is missing here",
        "25:14: CC-BY-4.0 asks for its author to be named: add 'author:'",
        "26:14: unknown licence 'CC0'; did you mean 'CC0-1.0'?",
        "27:3: the alias 'good' is already the name of 'good'",
        "28:28: '-20 ms' is before the beginning; a time here is 0 s or more",
        "29:38: '3' needs its unit (dB), as in '-3 dB'",
        "30:42: 'knock' has no setting 'fierce'; did you mean 'force'?",
        "31:27: a loop ends after its start",
        "32:14: 'http://example.org/a.wav' is an address or a drive; name a file inside the pack's folder",
        "33:14: 'a.txt' is not named like a sound that can be read",
    ]
    assert len(told) == len(expected), "\n".join(told)
    for said, wanted in zip(told, expected, strict=True):
        assert said.startswith(f"pack.yaml:{wanted}"), said


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ("version: 1.0.0\nsounds:\n", "pack.yaml:1:1: 'pack' is missing here"),
        ("pack: p\nversion: one\nlicence: CC0-1.0\nsounds:\n", "pack.yaml:2:10: 'one' is not a version"),
        ("pack: p\nsounds:\n", "pack.yaml:3:3: no licence, no sound"),
        ("pack: p\nlicence: Public\nsounds:\n", "pack.yaml:2:10: unknown licence 'Public'"),
        ("pack: p\nlicence: CC-BY-4.0\nsounds:\n", "pack.yaml:2:10: CC-BY-4.0 asks for its author"),
        (
            "pack: p\nlicence: CC0-1.0\nsonds: 1\nsounds:\n",
            "pack.yaml:3:1: unknown key 'sonds'; did you mean 'sounds'?",
        ),
        ("pack: other\nlicence: CC0-1.0\nsounds:\n", "pack.yaml:1:7: the pack is called 'other', its folder 'p'"),
    ],
)
def test_a_head_that_is_wrong_is_told(tmp_path: Path, head: str, wanted: str) -> None:
    told = problems(write_pack(tmp_path / "p", "  thud: {foley: knock}\n", head))
    assert any(said.startswith(wanted) for said in told), told


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (
            "pack: p\nversion: 1.0\nlicence: CC0-1.0\nsounds:\n",
            ["2:10: '1.0' is not a version; write it as 1.0.0"],
        ),
        ("pack: p\nversion: 2\nlicence: CC0-1.0\nsounds:\n", ["2:10: '2' is not a version; write it as 2.0.0"]),
        (
            "pack: p\nversion: 1.0\nlicence: CC-BY\nsounds:\n",
            ["2:10: '1.0' is not a version; write it as 1.0.0", "3:10: unknown licence 'CC-BY'"],
        ),
        (
            "pack: p\nversion: 1.0\nsounds:\n",
            ["2:10: '1.0' is not a version; write it as 1.0.0", "4:3: no licence, no sound"],
        ),
        ("pack: my pack\nlicence: CC0-1.0\nsounds:\n", ["1:7: 'my pack' is no name for a pack"]),
        ("pack: p\nlicense: CC0-1.0\nsounds:\n", ["2:1: unknown key 'license'; did you mean 'licence'?"]),
        ("pack: p\nlicence: [CC0-1.0]\nsounds:\n", ["2:10: 'licence': one line of text belongs here"]),
        (
            "pack: p\nversion: 1.0\nlicence: CC-BY-4.0\nauthor: A\nsounds:\n",
            ["2:10: '1.0' is not a version; write it as 1.0.0"],
        ),
    ],
)
def test_a_head_that_is_wrong_is_read_as_far_as_it_goes(tmp_path: Path, head: str, wanted: list[str]) -> None:
    told = problems(write_pack(tmp_path / "p", "  thud: {foley: knock}\n", head))
    assert len(told) == len(wanted), told
    for said, start in zip(told, wanted, strict=True):
        assert said.startswith(f"pack.yaml:{start}"), told


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("pack: [p\n", "pack.yaml:2:1: this is not YAML"),
        ("- a\n", "pack.yaml:1:1: a pack.yaml is a mapping"),
        ("", "pack.yaml:1:1: a pack.yaml is a mapping"),
        ("pack: &x p\n", "pack.yaml:1:7: anchors (&x) are not used in packs"),
        ("pack: !!str p\n", "pack.yaml:1:7: tags"),
        ("pack: p\npack: q\n", "pack.yaml:2:1: 'pack' stands here a second time"),
        ("pack: p\n---\npack: q\n", "pack.yaml:2:1: a second document"),
        ("pack: " + "[" * 500, "pack.yaml:1:26: nested deeper than 20 levels"),
        ("pack: p\nsounds: 3\nlicence: CC0-1.0\n", "pack.yaml:2:9: a pack has 'sounds:'"),
        ("a: \0", "pack.yaml: this is not YAML"),
        ("# " + "x" * (1 << 20), "pack.yaml: cannot be read: it is larger than 1 MiB"),
    ],
)
def test_a_document_that_is_no_pack_is_told_at_its_place(tmp_path: Path, text: str, wanted: str) -> None:
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "pack.yaml").write_text(text, "utf-8")
    assert problems(folder)[0].startswith(wanted)


def test_text_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "pack.yaml").write_bytes(b"pack: \xff\xfe\n")
    assert problems(folder) == ["pack.yaml: is not UTF-8 text (byte 7)"]


@pytest.mark.parametrize(
    "written",
    [
        *("../out.wav", "a/../../out.wav", "~/out.wav", "file:///out.wav", "concat:a.wav", "..\\\\out.wav"),
        *("C:/out.wav", "x" * 300 + ".wav", "link.wav", "*/../../*.wav", "linked/*.wav", "folder.wav"),
        *("%2e%2e/out.wav", "-v.wav"),
    ],
)
def test_no_path_leaves_the_pack(tmp_path: Path, written: str) -> None:
    folder = write_pack(tmp_path / "p", f'  a: {{files: "{written}"}}\n')
    write(tmp_path / "out.wav", noise(0.1))
    write(tmp_path / "outside" / "in.wav", noise(0.1))
    (folder / "link.wav").symlink_to(tmp_path / "out.wav")
    (folder / "linked").symlink_to(tmp_path / "outside")
    (folder / "folder.wav").mkdir()
    (said,) = problems(folder)
    assert said.startswith("pack.yaml:6:14: ")


def test_a_device_is_no_file(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "p", "  a: {files: pipe.wav}\n")
    os.mkfifo(folder / "pipe.wav")
    assert problems(folder) == ["pack.yaml:6:14: 'pipe.wav' is not a file"]


def test_a_misspelt_file_is_told_with_its_neighbour(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "p", "  a: {files: doors/crek.wav}\n")
    write(folder / "doors" / "creak.wav", noise(0.1))
    assert problems(folder) == ["pack.yaml:6:14: 'crek.wav' is not there; did you mean 'creak.wav'?"]


def test_a_file_in_two_globs_of_a_pool_is_one_member(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "p", "  a: {files: ['*.wav', 'o*.wav']}\n")
    write(folder / "one.wav", noise(0.1))
    write(folder / "two.wav", noise(0.1))
    assert len(packs_of(folder).listed[0].sounds["a"].members) == 2


def test_what_a_mac_writes_beside_recordings_is_none(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "p", "  a: {files: ['**/*.wav']}\n  b: {files: ['._*.wav']}\n")
    for name in ("one.wav", "._one.wav", "more/two.wav", ".trash/three.wav"):
        write(folder / name, noise(0.1))
    sounds = packs_of(folder).listed[0].sounds
    inside = {role: [one.layers[0].source.inside for one in sounds[role].members] for role in "ab"}  # type: ignore[union-attr]
    assert inside == {"a": ["more/two.wav", "one.wav"], "b": ["._one.wav"]}
    library = tmp_path / "library"  # of files that are named by UCS, without a manifest
    for name in (UCS[0], f"._{UCS[0]}"):
        write(library / name, noise(0.1))
    (library / "LICENSE").write_text("CC0-1.0\n")
    (only,) = packs_of(library).listed[0].sounds.values()
    assert len(only.members) == 1


@pytest.mark.parametrize(("kind", "files", "members"), [("bed", 2, 2), ("hit", 2, 6), ("hit", 8, 8)])
def test_every_recording_of_a_layer_is_heard_beside_a_recipe(
    tmp_path: Path, kind: str, files: int, members: int
) -> None:
    folder = write_pack(tmp_path / "p", f"  a: {{kind: {kind}, layers: [{{foley: hiss}}, {{files: ['*.wav']}}]}}\n")
    for number in range(files):
        write(folder / f"{number}.wav", noise(0.1))
    (pack,) = packs_of(folder).listed
    assert len(pack.sounds["a"].members) == members
    assert not [about for about in of_contents(pack, "p", {}) if about[2].check == "unused"]


def test_a_knob_that_is_turned_too_far_is_told_beside_other_mistakes(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "p", "  a: {foley: knock, settings: {force: 2}, vary: {pitch: ± 5000 cents}}\n")
    assert [said.split(": ")[1] for said in problems(folder)] == ["force", "'± 5000 cents' is outside 0 … 2400 cents"]


UCS = (
    "WINDInt_Through Ruins_QH_001.wav",
    "FEETHmn_BootsOnConcrete 01_QH_002.wav",
    "FEETHmn_BootsOnConcrete 02_QH_003.wav",
)


def test_a_folder_of_ucs_names_is_a_pack(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    for name in UCS:
        write(folder / name, noise(0.1))
    write(folder / "sub" / "DSGNStngr-MOVE_QH-Doom_QH_004_extra.wav", noise(0.1))
    (folder / "LICENSE").write_text("A fine library\nSPDX-License-Identifier: CC-BY-4.0\n")
    (pack,) = packs_of(folder).listed
    kinds = {role: (sound.kind, len(sound.members), sound.ucs) for role, sound in pack.sounds.items()}
    assert kinds == {
        "through_ruins": ("bed", 1, "WINDInt"),
        "boots_on_concrete": ("steps", 2, "FEETHmn"),
        "doom": ("stinger", 1, "DSGNStngr"),
    }
    credit = pack.sounds["doom"].members[0].layers[0].source.credit
    assert (credit.author, credit.licence) == ("QH", "CC-BY-4.0")


def test_a_ucs_folder_says_where_it_is_from_and_is_asked_for_it_once(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    for name in UCS:
        write(folder / name, noise(0.1))
    (folder / "LICENSE").write_text("CC-BY-4.0\nAuthor: Q. H.\n")
    (pack,) = packs_of(folder).listed
    ((at, role, asked),) = [about for about in of_contents(pack, "library", {}) if about[2].check == "source"]
    assert (at, role) == (pack.place, "") and "'Source:'" in asked.mend
    (folder / "LICENSE").write_text("CC-BY-4.0\nAuthor: Q. H.\nSource: https://example.org/library\n")
    (pack,) = packs_of(folder).listed
    credits = {sound.members[0].layers[0].source.credit.source for sound in pack.sounds.values()}
    assert credits == {pack.homepage} == {"https://example.org/library"}
    assert not [about for about in of_contents(pack, "library", {}) if about[2].check == "source"]


def test_a_ucs_folder_without_a_licence_or_with_a_stray_name_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    for name in (*UCS, "GunAudio_Bang_QH_1.wav", "loose.wav"):
        write(folder / name, noise(0.1))
    told = problems(folder)
    assert [said.split(": ")[0] for said in told[1:]] == ["GunAudio_Bang_QH_1.wav", "loose.wav"]
    assert "no licence, no sound" in told[0]
    assert "'GunAudio' is not a UCS CatID" in told[1]


def test_nc_is_refused_where_money_is_made_and_nd_where_the_sound_is_altered(tmp_path: Path) -> None:
    folder = write_pack(
        tmp_path / "p",
        "  nc: {files: a.wav, licence: CC-BY-NC-4.0, author: N}\n"
        "  nd: {files: a.wav, licence: CC-BY-ND-4.0, author: N}\n"
        "  nd_layers: {layers: [{files: a.wav}, {foley: knock}], licence: CC-BY-ND-4.0, author: N}\n"
        "  free: {files: a.wav}\n",
    )
    write(folder / "a.wav", noise(0.1))
    roles = ("nc", "nd", "nd_layers", "free")
    used = [Use(role=role, member=0, place=Place("script/x.yaml", 3, at)) for at, role in enumerate(roles)]
    used += [Use(role="nd", member=0, place=Place("script/x.yaml", 9, 2), changes=("pitched", "looped"))]
    altered = [
        "script/x.yaml:3:2: 'nd_layers' of the pack 'p' is under CC-BY-ND-4.0, which may not be altered; "
        "here it is layered",
        "script/x.yaml:9:2: 'nd' of the pack 'p' is under CC-BY-ND-4.0, which may not be altered; "
        "here it is pitched, looped",
    ]
    paid = "script/x.yaml:3:0: 'nc' of the pack 'p' is under CC-BY-NC-4.0, which a commercial production may not use"
    packs = packs_of(folder)
    assert [str(problem) for problem in licence_problems(packs, used, commercial=False)] == altered
    assert [str(problem) for problem in licence_problems(packs, used, commercial=True)] == [paid, *altered]


MANY = "".join(f"  role_{number}: {{foley: knock}}\n" for number in range(9))


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("licence: CC0\n", ["2:10: unknown licence 'CC0'; did you mean 'CC0-1.0'?"]),
        (
            "licence: CC-BY-4.0\n",
            [
                "2:10: CC-BY-4.0 asks for its author to be named: add 'author:' "
                "(for 'role_0', 'role_1', 'role_2' and 6 more)"
            ],
        ),
        (
            "author: A\n",
            [
                "1:7: no licence, no sound: add 'licence:' with an SPDX id, such as CC0-1.0 "
                "(for 'role_0', 'role_1', 'role_2' and 6 more)"
            ],
        ),
    ],
)
def test_a_mistake_in_the_packs_own_licence_is_told_once(tmp_path: Path, head: str, told: list[str]) -> None:
    folder = write_pack(tmp_path / "p", MANY, "pack: p\n" + head + "sounds:\n")
    assert problems(folder) == [f"pack.yaml:{one}" for one in told]


def test_a_pack_whose_every_sound_names_its_author_needs_none_of_its_own(tmp_path: Path) -> None:
    head = "pack: p\nlicence: CC-BY-4.0\nsounds:\n"
    folder = write_pack(tmp_path / "p", "  a: {foley: knock, author: N. Name}\n", head)
    (member, *_) = packs_of(folder).listed[0].sounds["a"].members
    assert (member.layers[0].source.credit.author, member.layers[0].source.credit.licence) == ("N. Name", "CC-BY-4.0")


def test_who_has_a_licence_of_their_own_has_an_author_of_their_own(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "p", "  a: {files: [{file: a.wav, licence: CC-BY-4.0}]}\n")
    write(folder / "a.wav", noise(0.1))
    assert problems(folder) == ["pack.yaml:6:38: CC-BY-4.0 asks for its author to be named: add 'author:'"]


def test_a_moment_beyond_the_end_of_a_recording_is_told_at_its_value(tmp_path: Path) -> None:
    folder = write_pack(
        tmp_path / "p",
        "  far: {kind: bed, files: [a.wav, b.wav], loop: {start: 1 s, end: 5 s}}\n"
        "  rounded: {kind: bed, files: a.wav, loop: {end: 2.01 s}}\n"
        "  late: {files: a.wav, onset: 9 s}\n"
        "  own: {files: [{file: b.wav, onset: 3 s}, {file: a.wav, onset: 3 s}]}\n"
        "  delayed: {layers: [{files: a.wav}, {files: a.wav, delay: 2 s}], onset: 3 s}\n"
        "  made: {layers: [{files: a.wav}, {foley: knock}], onset: 3 s}\n",
    )
    for name, seconds in (("a", 2.0), ("b", 6.0)):
        write(folder / f"{name}.wav", noise(seconds))
    wanted = [
        "6:67: the loop ends at 5 s, and 'a.wav' lasts 2.00 s",
        "8:31: the hit is at 9 s, and 'a.wav' lasts 2.00 s: it would sound before its cue",
        "9:65: the hit is at 3 s, and 'a.wav' lasts 2.00 s: it would sound before its cue",
    ]
    with Cache(tmp_path / "cache") as cache:
        sounds = palette(packs_of(folder), RATE, cache, RECIPES, "s")
        for told in (sounds.outside(sounds.packs.roles()), sounds.check(sounds.packs.roles())):
            assert [str(one).removeprefix(f"{folder.as_posix()}/pack.yaml:") for one in told] == wanted


def test_a_bed_without_end_has_no_loop(tmp_path: Path) -> None:
    folder = write_pack(
        tmp_path / "p",
        "  air: {foley: hiss, loop: {end: 1 s}}\n"
        "  drag: {foley: scrape, kind: bed, loop: {start: 2 s, end: 6 s}}\n"
        "  both: {kind: bed, layers: [{foley: hiss}, {files: a.wav}], loop: {end: 1 s}}\n",
    )
    write(folder / "a.wav", noise(2.0))
    assert problems(folder) == ["pack.yaml:6:28: 'hiss' is made without end: 'loop' is for what is recorded"]
