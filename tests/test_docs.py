"""What the pages say is so: every example renders, every command runs, every link leads somewhere."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import pytest
import soundfile

from producer import render
from producer.cache import Cache
from producer.cli import app
from producer.foley import RECIPES
from producer.model.foley import Setting
from producer.project import Project
from producer.script import keys as script_keys
from producer.sounds import manifest
from producer.sounds.find import load_packs
from producer.sounds.pack import PackSound
from tests.face_helpers import ROOT, Done, Shell, cache, files, shell
from tests.language_helpers import checked, with_items

__all__ = ["cache", "shell"]

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
LANGUAGE, HOUR, PACKS = (ROOT / "docs" / f"{name}.md" for name in ("script-language", "first-hour", "packs"))
TAKES = ROOT / "docs" / "takes.md"
SPACE = ROOT / "docs" / "space.md"
EDITIONS = ROOT / "docs" / "editions.md"
LAMP = ROOT / "docs" / "examples" / "the_last_lamp"


@dataclass(frozen=True)
class Block:
    """An example on a page, as it stands there."""

    page: Path
    line: int
    text: str

    @property
    def is_script(self) -> bool:
        return "\nscenes:" in self.text and "title:" in self.text

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path) -> list[Block]:
    text = page.read_text("utf-8")
    found = re.finditer(r"^```yaml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [Block(page, text[: one.start()].count("\n") + 1, one[1]) for one in found]


YAML = [block for page in PAGES for block in blocks(page)]
WHOLE = [block for block in YAML if block.is_script]
FRAGMENTS = [block for block in YAML if not block.is_script]


@dataclass(frozen=True)
class Rendered:
    report: render.Report
    timeline: dict[str, list[dict[str, object]]]

    def clip(self, name: str, nth: int = 0) -> dict[str, object]:
        return [clip for clip in self.timeline["clips"] if clip["name"] == name][nth]

    def word(self, clip: Mapping[str, object], text: str) -> int:
        words = clip["words"]
        assert isinstance(words, list)
        return next(int(word["start"]) for word in words if word["text"].strip(".,") == text)


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> dict[str, Rendered]:
    """Every whole script of the pages, spoken, sounded, mixed, mastered and encoded; by its title."""
    made = {}
    for block in WHOLE:
        folder = tmp_path_factory.mktemp("page")
        (folder / "script").mkdir()
        shutil.copytree(LAMP / "sfx", folder / "sfx")
        (folder / "script" / "example.yaml").write_text(block.text, "utf-8")
        project = Project(folder / "script" / "example.yaml", folder)
        with Cache(cache) as kept:
            report = render.episode(render.Order(project=project, jobs=2), kept, render.NoWatch())
        assert report.script.title not in made
        timeline = json.loads((project.output / "timeline.json").read_text("utf-8"))
        made[report.script.title] = Rendered(report, timeline)
    return made


# ---- examples


def test_every_example_is_known_to_these_tests() -> None:
    assert {block.page for block in WHOLE} == {ROOT / "README.md", LANGUAGE, EDITIONS, SPACE}
    assert {block.page for block in FRAGMENTS} == {
        HOUR,
        PACKS,
        TAKES,
        EDITIONS,
        SPACE,
    }  # takes in test_takes_cli.py, space in test_rooms.py
    assert len(WHOLE) >= 7


@pytest.mark.parametrize("block", WHOLE, ids=str)
def test_a_whole_script_is_rendered_to_its_profile(block: Block, rendered: dict[str, Rendered]) -> None:
    title = re.search(r"^title: (.*)$", block.text, re.MULTILINE)
    assert title
    report = rendered[title[1]].report
    assert report.measured.integrated_lufs == pytest.approx(-16, abs=0.5)
    assert report.measured.true_peak_dbtp <= -1
    assert {path.suffix for path in report.files} == {".mp3", ".json", ".vtt", ".srt", ".txt", ".npz", ".html"}
    for margin in report.margins:
        assert margin.over_beds_lu >= margin.asked_beds_lu - 0.05
        assert margin.over_music_lu >= margin.asked_music_lu - 0.05


def test_the_last_lamp_is_the_script_of_the_page() -> None:
    (first, *_) = blocks(LANGUAGE)
    assert (LAMP / "script" / "the_last_lamp.yaml").read_text("utf-8") == first.text


def test_the_last_lamp_renders_where_it_stands(tmp_path: Path, shell: Shell) -> None:
    shutil.copytree(LAMP, tmp_path / "lamp")
    done = shell("check", cwd=tmp_path / "lamp")
    assert (done.code, done.err) == (0, "")
    assert "no problems" in done.out
    assert (LAMP / ".gitignore").read_text("utf-8") == "/output/\n"


def test_the_readme_is_heard_as_it_says(rendered: dict[str, Rendered]) -> None:
    made = rendered["Nobody on the line"]
    line = next(clip for clip in made.timeline["clips"] if clip["kind"] == "speech")
    boots, scrape = made.clip("boots_on_boards"), made.clip("metal_scrape")
    hits = boots["hits"]
    assert isinstance(hits, list)
    assert made.word(line, "stops") - 1.2 * 44100 < hits[-1] <= made.word(line, "stops")
    assert scrape["hit"] == made.word(line, "scrapes")


def test_the_last_lamp_is_heard_as_it_reads(rendered: dict[str, Rendered]) -> None:
    made = rendered["The Last Lamp"]
    first, second = made.clip("narrator"), made.clip("narrator", 1)
    keeper, radio = made.clip("keeper"), made.clip("radio")
    assert second["text"] == "She climbed anyway, 112 steps, one hand on the rope."
    words = second["words"]
    assert isinstance(words, list)
    nobody = [int(word["start"]) for word in first["words"] if word["text"] == "Nobody"]  # type: ignore[attr-defined]
    assert made.clip("bell_buoy")["hit"] == nobody[-1]
    assert made.clip("rope_creak")["hit"] == made.word(second, "one")
    assert made.clip("glass_tick")["hit"] == made.word(keeper, "there?") - round(0.04 * 44100)
    assert int(str(radio["start"])) == int(str(keeper["end"])) - round(0.3 * 44100)


@pytest.mark.parametrize("block", [one for one in FRAGMENTS if one.page not in (PACKS, EDITIONS, SPACE)], ids=str)
def test_a_fragment_is_part_of_a_script(block: Block) -> None:
    script = checked(with_items("- ann: Who's there?\n" + block.text))
    assert len(script.scenes[0].items) == 1 + block.text.count("\n- ") + block.text.startswith("- ")


def test_the_pack_of_the_packs_page_is_one(tmp_path: Path) -> None:
    (block,) = blocks(PACKS)
    folder = tmp_path / "mine"
    (folder / "knock").mkdir(parents=True)
    (folder / "pack.yaml").write_text(block.text, "utf-8")
    for number in (1, 2):
        soundfile.write(folder / "knock" / f"knock_0{number}.flac", np.hanning(4800 * number), 48000)
    found = load_packs(("mine",), (tmp_path,), recipes=RECIPES)
    (sound,) = found.listed[0].sounds.values() if isinstance(found.listed[0].sounds, dict) else found.listed[0].sounds
    assert isinstance(sound, PackSound)
    assert (sound.role, sound.title, sound.kind, len(sound.members)) == ("knock", "a knock on wood", "hit", 2)


def test_the_packs_page_names_every_key() -> None:
    head, table = PACKS.read_text("utf-8").split("## What a sound may have")
    rows = re.findall(r"^\| (`.*?) \| (.*) \|$", table, re.MULTILINE)
    assert {key for keys, _ in rows for key in re.findall(r"`(\w+)`", keys)} == set(manifest.SoundEntry.model_fields)
    says = {key: text for keys, text in rows for key in re.findall(r"`(\w+)`", keys)}
    assert set(manifest.FileEntry.model_fields) - {"title"} <= set(re.findall(r"\w+", says["files"]))
    assert set(manifest.LayerEntry.model_fields) - {"files"} <= set(re.findall(r"\w+", says["layers"]))
    named = {word for code in re.findall(r"`([^`]*)`", head) for word in code.split()}
    assert {*manifest.Head.model_fields, "sounds"} <= named


def test_the_foley_page_has_every_recipe_with_every_knob(request: pytest.FixtureRequest) -> None:
    page = ROOT / "docs" / "foley.md"
    if request.config.getoption("--update-golden"):
        page.write_text(foley_page(), "utf-8")
    assert page.read_text("utf-8") == foley_page(), "run: python -m pytest tests/test_docs.py --update-golden"


def foley_page() -> str:
    """What a designer can ask for, from the recipes themselves."""
    parts = [
        "# Foley\nEvery recipe that a pack can name with `foley`, and its knobs for `settings`. A script turns the "
        "same knobs:\n`set strength 0.9`. This page is made from the recipes by the tests.\n"
    ]
    for name, recipe in sorted(RECIPES.items()):
        lasts = ", for as long as a cue asks" if recipe.sustains else ""
        parts.append(f"## {name}\n{recipe.says[:1].upper()}{recipe.says[1:]}. Kind: {recipe.kind}{lasts}.\n")
        if recipe.settings:
            rows = "".join(knob_row(knob, one) for knob, one in recipe.settings.items())
            parts.append(f"| knob | unless given | from … to | does |\n|---|---|---|---|\n{rows}")
    return "\n".join(parts)


def knob_row(name: str, one: Setting) -> str:
    unit = one.unit if one.unit.startswith("/") or not one.unit else f" {one.unit}"
    return f"| `{name}` | {one.default:g}{unit} | {one.low:g} to {one.high:g} | {one.says} |\n"


# ---- the first hour, step by step


def commands(page: Path) -> list[str]:
    """The lines of a page that stand as one types or reads them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    return [line.strip() for line in text.splitlines() if line.startswith("    ")]


def test_the_first_hour_goes_as_it_is_told(tmp_path: Path, shell: Shell) -> None:
    told = iter(commands(HOUR))

    def typed(cwd: Path, command: str) -> Done:
        assert next(told) == command
        return shell(*command.split()[1:], cwd=cwd)

    assert next(told) == "python -m pip install . && render episode"
    # 2: start your own
    made = typed(tmp_path, "render new my_play")
    assert made.out.splitlines()[1:] == ["next:", "  cd my_play", "  render episode"]
    assert next(told) == "cd my_play"
    play = tmp_path / "my_play"
    done = typed(play, "render episode")
    assert (done.code, done.err) == (0, "")
    first = files(play / "output" / "my_play")
    # 4: make a mistake
    script = play / "script" / "my_play.yaml"
    good = script.read_text("utf-8")
    script.write_text(good.replace("- sound: boots_on_boards path", "- sound: boots_on_bords path"), "utf-8")
    wrong = typed(play, "render check")
    assert (wrong.code, wrong.err) == (1, next(told) + "\n")
    # 5: hang a sound on a word
    (block,) = blocks(HOUR)
    item = "".join(f"      {line}\n" for line in block.text.splitlines())
    hung = good.replace("  # for the actor; never spoken\n", f"  # for the actor; never spoken\n{item}")
    assert hung != good
    script.write_text(hung, "utf-8")
    rows = json.loads(shell("cues", "--json", cwd=play).out)
    assert [row["at"]["line"] for row in rows if row["name"] == "glass_crack"] == [
        hung[: hung.index(item)].count("\n") + 1
    ]
    script.write_text(good, "utf-8")
    # 7: swap the world
    swapped = typed(play, "render episode --pack ruins")
    assert (swapped.code, swapped.err) == (0, "")
    again = files(play / "output" / "my_play")
    packs = [
        {clip["source"].get("pack") for clip in json.loads(one["timeline.json"])["clips"]} for one in (first, again)
    ]
    assert packs == [{None, "mine", "ruins"}, {None, "ruins"}]
    # 8: deliver
    broadcast = typed(play, "render episode --profile broadcast")
    assert (broadcast.code, broadcast.err) == (0, "")
    assert (play / "output" / "my_play" / "my_play.wav").is_file()
    assert next(told, None) is None


def test_the_editions_page_goes_as_it_is_told(tmp_path: Path, shell: Shell) -> None:
    told = iter(commands(EDITIONS))
    original, edition = (block.text for block in blocks(EDITIONS))
    script = tmp_path / "script" / "the_stairs.yaml"
    script.parent.mkdir()
    script.write_text(original, "utf-8")

    def typed() -> Done:
        done = shell(*next(told).split()[1:], cwd=tmp_path)
        assert (done.code, done.err) == (0, "")
        return done

    typed()
    assert next(told) == "render check script/the_stairs_es.yaml"
    checked = shell("check", "script/the_stairs_es.yaml", cwd=tmp_path)
    assert checked.out.splitlines()[1] == next(told)
    file = tmp_path / "script" / "the_stairs_es.yaml"
    file.write_text(edition, "utf-8")
    typed()
    timeline = json.loads((tmp_path / "output" / "the_stairs_es" / "timeline.json").read_text("utf-8"))
    clips = {clip["name"]: clip for clip in reversed(timeline["clips"])}
    onsets = {word["text"]: word["start"] for word in clips["narrator"]["words"]}
    assert clips["metal_scrape"]["hit"] == onsets["chirrió."]
    assert clips["glass_crack"]["hit"] == onsets["Después,"]
    assert clips["glass_crack"]["level_lu"] == -16
    # when the script changes
    ready = script.read_text("utf-8")
    script.write_text(ready.replace("ada: Who is there?", "ada: Who was there?"), "utf-8")
    assert shell("check", "script/the_stairs_es.yaml", cwd=tmp_path).out.splitlines()[1] == next(told)
    script.write_text(ready.replace("      - pause: 1 s\n", "      - ada: Nobody.\n"), "utf-8")
    assert shell("check", file, cwd=tmp_path).code == 1
    assert "added      script/the_stairs_es.yaml: 1 text\n" in typed().out
    assert file.read_text("utf-8").startswith(edition.rstrip("\n"))
    assert shell("check", file, cwd=tmp_path).out.splitlines()[1].endswith("text is still the original's: nobody")
    # a script with cues on words
    typed()
    assert next(told) == "cd my_play"
    for _ in range(2):
        done = shell(*next(told).split()[1:], cwd=tmp_path / "my_play")
        assert (done.code, done.err) == (0, "")
    assert (tmp_path / "my_play" / "output" / "my_play_es" / "my_play_es.mp3").is_file()
    assert next(told, None) is None


def test_the_editions_page_names_every_key() -> None:
    page = EDITIONS.read_text("utf-8")
    lists = [set(found.split()) for found in re.findall(r"`((?:[a-z_]+\s+)+[a-z_]+)`", page)]
    assert script_keys.SERIES in lists
    assert script_keys.EDITION in lists
    assert script_keys.EDITION_CAST in lists


# ---- commands, options and links


def known_commands() -> dict[str, set[str]]:
    import typer.main

    group = typer.main.get_command(app)
    return {name: _options(command) for name, command in group.commands.items()}  # type: ignore[attr-defined]


def _options(command: click.Command) -> set[str]:
    """Its options, and those of the commands in it."""
    own = {option for one in command.params for option in one.opts + one.secondary_opts if option.startswith("-")}
    inner = (_options(one) for one in getattr(command, "commands", {}).values())
    return own.union({"--help"}, *inner)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_only_commands_and_options_that_there_are(page: Path) -> None:
    known = known_commands()
    for command, rest in re.findall(
        r"(?:`|^    |&& )render (\w+)((?: [^`\n]*)?)", page.read_text("utf-8"), re.MULTILINE
    ):
        assert command in known, f"render {command}"
        for option in re.findall(r"(?<=\s)--?[a-z][a-z-]*", rest):
            assert option in known[command], f"render {command} {option}"


def test_the_readme_lists_every_command_and_its_options() -> None:
    rows = re.findall(r"^\| `render (\w+)[^`]*` \| (.*) \|$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    known = known_commands()
    assert {command for command, _ in rows} == set(known)
    for command, says in rows:
        for option in re.findall(r"`(--?[a-z][a-z-]*)", says):
            assert option in known[command], f"render {command} {option}"


def test_the_map_of_the_code_has_every_module() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    there = [one for one in (ROOT / "producer").iterdir() if one.name[0] not in "._" and one.suffix in ("", ".py")]
    assert len(there) > 60
    for one in there:
        assert re.search(rf"`(producer/)?{one.stem}(\.py|/?)`", page), one.name
    for named in re.findall(r"`([a-z_]+/[a-z_]+\.py)`", page):
        assert (ROOT / "producer" / named).is_file(), named


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_something(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text("utf-8")):
        assert re.match(r"https?://", target) or (page.parent / target).exists(), target
