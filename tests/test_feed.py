"""A show as podcast apps get it: the feed of rendered folders, by the rules of those who read it."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import shutil
import struct
import zlib
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote
from uuid import UUID
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.id3 import APIC, ID3
from PIL import Image

from producer.errors import RenderError, ScriptError
from producer.feed import address, channel, item, moment, xml
from producer.feed.bites import soundbites
from producer.feed.nouns import Episode, Facts, Media, Soundbite, Transcript, Voice
from producer.feed.show import Licence, Person, Show
from producer.publishing import publish
from tests.face_helpers import Shell, cache, shell
from tests.feed_helpers import CONTENT, ITUNES, PODCAST, one, read, said

__all__ = ["cache", "shell"]  # fixtures

BASE = "https://example.org/show"
AWKWARD = "A 🦉 “lamp” & 'its' \"wick\" <item><guid>x</guid></item> ]]> שלום עליכם"
SCRIPT = """\
title: {title}
show: Quiet Harbours
date: {date}
episode: {number}
writer: N. & O. <Name>
packs: [ruins]
cast:
  narrator: {{voice: en-gb}}
scenes:
  - title: The quay
    play:
      - narrator: Nobody had lit it.
      - mark: soundbite
      - sound: metal_scrape
      - narrator: Who is there?
"""


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory, shell: Shell) -> Path:
    """Two episodes, the first with a listener mix and a folder whose name no URL holds as it is."""
    root = tmp_path_factory.mktemp("show")
    (root / "script").mkdir()
    for name, title, date, number, more in (
        ("eins & zwei #1", json.dumps(AWKWARD, ensure_ascii=False), "2026-11-22", 1, ("--mix", "night")),
        ("two", "The second", "2026-11-29", 2, ()),
    ):
        file = root / "script" / f"{name}.yaml"
        file.write_text(SCRIPT.format(title=title, date=date, number=number), "utf-8")
        done = shell("episode", f"script/{name}.yaml", "--quiet", "-o", f"output/{name}", *more, cwd=root)
        assert (done.code, done.err) == (0, "")
    return root / "output"


@pytest.fixture
def output(rendered: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(rendered, tmp_path / "output"))


def episode(slug: str = "one", date: str = "2026-11-22", **facts: object) -> Episode:
    media = (
        Media(file=f"{slug}.mp3", title="Standard", type="audio/mpeg", size_bytes=1000, sri="sha384-" + "A" * 64),
        Media(
            file=f"{slug}.night.mp3",
            mix="night",
            title="Night",
            type="audio/mpeg",
            size_bytes=900,
            sri="sha384-" + "B" * 64,
        ),
    )
    known: dict[str, object] = {"version": 1, "title": "One", "episode": 1} | facts
    return Episode(
        slug=slug,
        facts=Facts.model_validate(known),
        published=moment.moment(date),
        media=media,
        length_s=61.5,
        transcripts=(Transcript("transcript.vtt", "text/vtt", True),),
        chapters="chapters.json",
        soundbites=(Soundbite(1.5, 20.0, "The quay"),),
        cover="cover.jpg",
        credits="One\nShow\n\nVoices\n  A <b>: recorded\n",
    )


# ---- names for ever


@pytest.mark.parametrize(
    ("url", "guid"),
    [
        ("https://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
        ("http://podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("podnews.net/rss/", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
    ],
)
def test_the_shows_guid_is_that_of_the_standards_examples(url: str, guid: str) -> None:
    assert address.show_guid(url) == UUID(guid)


def test_an_items_guid_stays_with_a_new_title_and_differs_between_folders() -> None:
    def guid(one_episode: Episode) -> str:
        return said(item.item(Show(), UUID(int=7), BASE, one_episode), "guid")

    assert guid(episode()) == guid(episode(title="Another", episode=9))
    assert guid(episode("a")) != guid(episode("b"))


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://example.org/a/", "https://example.org/a"),
        ("HTTP://EXAMPLE.org:8080", "http://example.org:8080"),
        ("https://münchen.example/für", "https://xn--mnchen-3ya.example/f%C3%BCr"),
        ("https://example.org/a%20b", "https://example.org/a%20b"),
    ],
)
def test_a_base_is_made_plain(url: str, plain: str) -> None:
    assert address.base(url) == plain


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org",
        "https://",
        "https://a b",
        "https://h/?q",
        "https://h/#f",
        "https://u:p@h/",
        "https://h:port/",
        "javascript:alert(1)",
        'https://h/"><x>',
        "https://h/\n",
    ],
)
def test_what_is_no_base_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        address.base(url)


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://example.org/show/", "https://example.org/show/"),
        ("https://example.org", "https://example.org"),
        ("https://example.org/?p=12&s=a%20b#für", "https://example.org/?p=12&s=a%20b#f%C3%BCr"),
    ],
)
def test_a_page_of_somebody_elses_keeps_what_its_address_has(url: str, plain: str) -> None:
    assert address.page(url) == plain
    shown = Show.model_validate({"link": url, "people": [{"name": "A", "role": "B", "href": url}]})
    found = read(channel.feed(shown, BASE, [episode()], ""))
    assert said(found, "link") == plain
    assert [one.get("href") for one in found.findall(f"{PODCAST}person")] == [plain]


@settings(deadline=None)
@given(st.text(min_size=1).filter(lambda name: not any("\ud800" <= c <= "\udfff" for c in name)))
def test_any_file_name_comes_back_from_its_url(name: str) -> None:
    url = address.below(BASE, name)
    assert unquote(url.removeprefix(f"{BASE}/")) == name
    assert re.fullmatch(r"[A-Za-z0-9\-._~%]+", url.removeprefix(f"{BASE}/"))


# ---- when


def test_a_day_is_midnight_in_utc_or_the_shows_hour_or_its_own() -> None:
    assert moment.moment("2024-02-29").rfc2822 == "Thu, 29 Feb 2024 00:00:00 +0000"
    assert moment.moment("2026-11-22", (18, 5)).rfc2822 == "Sun, 22 Nov 2026 18:05:00 +0000"
    assert moment.moment("2026-11-22 07:30", (18, 5)).rfc2822 == "Sun, 22 Nov 2026 07:30:00 +0000"


@pytest.mark.parametrize("written", ["2026-02-29", "2026-13-01", "0000-01-01", "2026-1-1", "2026-11-22 24:00", "now"])
def test_what_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=re.escape(written)):
        moment.moment(written)


def test_the_newest_is_first_and_of_one_day_the_later_number() -> None:
    listed = [
        episode("a", "2026-11-22", episode=1),
        episode("b", "2026-11-22", episode=2),
        episode("c", "2026-11-29", episode=3),
        episode("d", "2026-11-22", season=2, episode=1),
    ]
    assert [one_episode.slug for one_episode in channel.ordered(listed)] == ["c", "d", "b", "a"]
    assert channel.feed(Show(), BASE, listed, "") == channel.feed(Show(), BASE, listed[::-1], "")


# ---- what is written


def test_a_feed_of_everything_keeps_every_rule() -> None:
    show = Show(
        title="S",
        email="a@example.org",
        licence=Licence(name="CC-BY-4.0"),
        people=(Person(name="A", role="Director"), Person(name="B", role="Narrator", episodes=("one",))),
        locked=True,
        complete=True,
        categories=("Fiction > Drama", "Fiction > Science Fiction", "Arts"),
    )
    found = read(channel.feed(show, BASE, [episode(summary="x" * 5000, season=2, writer="W")], "one/cover.jpg"))
    assert said(found, f"{PODCAST}license") == "cc-by-4.0"
    assert [one_category.get("text") for one_category in found.findall(f"{ITUNES}category")] == ["Fiction", "Arts"]
    made = one(found, "item")
    assert len(said(made, "description").encode()) <= 4000
    people = [(who.text, who.get("group"), who.get("role")) for who in made.findall(f"{PODCAST}person")]
    assert people == [("W", "Writing", "Writer"), ("B", "Cast", "Narrator")]
    assert [who.text for who in found.findall(f"{PODCAST}person")] == ["A"]
    assert one(made, f"{PODCAST}soundbite").attrib == {"startTime": "1.500", "duration": "20.000"}


@pytest.mark.parametrize(("synthetic", "says"), [((False, False), "false"), ((False, True), "true"), ((), "false")])
def test_synthetic_voices_are_disclosed(synthetic: tuple[bool, ...], says: str) -> None:
    voices = [Voice(name=f"v{n}", synthetic=one_voice) for n, one_voice in enumerate(synthetic)]
    found = read(channel.feed(Show(), BASE, [episode(voices=voices)], ""))
    assert said(found, f"{PODCAST}txt") == said(one(found, "item"), f"{PODCAST}txt") == says


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_no_text_breaks_out_of_its_element(text: str) -> None:
    odd = episode(title=f"t{text}", summary=text, writer=text, disclosure=text)
    plain = episode(title="t", writer="y" if xml.one_line(text) else "")
    written = channel.feed(Show(title=f"t{text}", description=text), BASE, [odd], "")
    found = read(written)
    shape = [element.tag for element in read(channel.feed(Show(title="t"), BASE, [plain], "")).iter()]
    assert [element.tag for element in found.iter()] == shape
    said_title = said(one(found, "item"), "title")
    assert said_title == xml.one_line(f"t{text}", 255)
    assert written == channel.feed(Show(title=f"t{text}", description=text), BASE, [odd], "")


def test_forbidden_characters_go_and_all_others_stay() -> None:
    assert xml.clean("a\x00b\x1bc\ud800d\ufffee\uffff\t\u200f🦉\x85") == "abcde\t\u200f🦉\x85"
    assert xml.in_bytes("🦉" * 10, 19) == "🦉🦉🦉🦉…"


def test_show_notes_hold_no_markup_of_anybody_elses() -> None:
    html = item.notes(episode(summary="<script>x</script>\n\nB & C", disclosure="AI Voice: <i>"))
    assert html == (
        "<p>&lt;script&gt;x&lt;/script&gt;</p><p>B &amp; C</p><p>AI Voice: &lt;i&gt;</p>"
        "<p>Voices<br>A &lt;b&gt;: recorded</p>"
    )


def test_each_paragraph_of_a_summary_is_one_in_the_notes() -> None:
    folded = "One lamp, on one quay.\nNobody lit it."  # as YAML reads a blank line under >
    assert item.notes(episode(summary=folded)).startswith("<p>One lamp, on one quay.</p><p>Nobody lit it.</p>")
    found = read(channel.feed(Show(title="S"), BASE, [episode(summary=folded, disclosure="AI Voice: A")], ""))
    assert said(found, "description") == "One lamp, on one quay.\n\nNobody lit it."
    assert said(one(found, "item"), "description") == "One lamp, on one quay.\n\nNobody lit it.\n\nAI Voice: A"
    wrapped = "One lamp,\non one quay.\n \nNobody lit it."
    assert item.notes(episode(summary=wrapped)).startswith("<p>One lamp, on one quay.</p><p>Nobody lit it.</p>")


def test_a_long_summary_leaves_room_for_the_disclosure() -> None:
    told = "AI Voice: A (piper:one)"
    long, crowded = episode(summary="слово " * 800, disclosure=told), episode(summary="слово", disclosure=told * 300)
    written, crowd = (said(item.item(Show(), UUID(int=1), BASE, one_of), "description") for one_of in (long, crowded))
    assert written.startswith("слово слово")
    assert written.endswith(f"…\n\n{told}")
    assert len(written.encode()) <= 4000
    assert crowd.startswith(f"слово\n\n{told}")
    assert len(crowd.encode()) <= 4000


def test_a_soundbite_goes_from_its_mark_to_its_end_or_the_last_line_within_a_minute() -> None:
    speech = [{"kind": "speech", "end": end} for end in (100, 400, 590, 700)]
    marks = [
        {"name": name, "sample": at}
        for name, at in (("soundbite", 50), ("turn", 60), ("soundbite_b", 300), ("soundbite_b_end", 505))
    ]
    timeline = {"rate_hz": 10, "duration": 900, "marks": marks, "clips": speech}
    timeline |= {"scenes": [{"title": "One", "start": 0, "end": 200}, {"title": "", "start": 200, "end": 900}]}
    assert soundbites(timeline) == (Soundbite(5.0, 54.0, "One"), Soundbite(30.0, 20.5, ""))


@pytest.mark.parametrize(("at", "ends"), [(50, 40.0), (300, 45.0), (430, 45.0)])
def test_a_soundbite_without_an_end_stays_out_of_the_credits_that_nobody_wrote(at: int, ends: float) -> None:
    speech = [{"kind": "speech", "end": end} for end in (100, 400, 490, 550)]
    timeline = {"rate_hz": 10, "duration": 600, "marks": [{"name": "soundbite", "sample": at}], "clips": speech}
    scenes = [{"title": "One", "start": 0, "end": 450}, {"title": "", "start": 450, "end": 600, "made": "credits"}]
    (bite,) = soundbites(timeline | {"scenes": scenes})
    assert bite.start_s + bite.length_s == ends


def test_a_soundbite_without_length_is_not_in_the_feed() -> None:
    marks = [{"name": f"soundbite_{name}", "sample": at} for name, at in (("a", -3), ("b", 600), ("c", 700))]
    scenes = [{"title": "One", "start": 0, "end": 600}]
    found = soundbites({"rate_hz": 10, "duration": 600, "marks": marks, "clips": [], "scenes": scenes})
    assert found == (Soundbite(0.0, 15.0, "One"), Soundbite(60.0, 0.0), Soundbite(60.0, 0.0))
    made = item.item(Show(), UUID(int=1), BASE, replace(episode(), soundbites=found))
    assert [bite.get("duration") for bite in made.findall("podcast:soundbite")] == ["15.000"]


# ---- from rendered folders


def test_the_feed_of_a_rendered_show(output: Path, shell: Shell) -> None:
    done = shell("feed", "output", "--url", BASE + "/", "--items", cwd=output.parent)
    assert (done.code, done.out) == (0, "output/feed.xml: 2 episodes, the newest is two\n")
    assert done.err.count("note: ") == done.err.count("\n") == 5
    assert re.search(r"note: two: the soundbite at \d\.\d s lasts \d\.\d s; apps ask for 15 to 120 s\n", done.err)
    found = read((output / "feed.xml").read_text("utf-8"))
    second, first = found.findall("item")
    assert (said(found, "title"), said(found, f"{ITUNES}type")) == ("Quiet Harbours", "serial")
    assert (said(first, "title"), said(second, "title")) == (AWKWARD, "The second")
    assert said(first, f"{PODCAST}txt") == "true"
    assert "AI Voice: narrator" in said(first, "description")
    assert "metal scrapes" in said(first, f"{CONTENT}encoded")
    folder = output / "eins & zwei #1"
    timeline = json.loads((folder / "timeline.json").read_text("utf-8"))
    mark = timeline["marks"][0]["sample"] / timeline["rate_hz"]
    assert float(one(first, f"{PODCAST}soundbite").attrib["startTime"]) == pytest.approx(mark, abs=0.0005)
    assert int(said(first, f"{ITUNES}duration")) == round(timeline["duration"] / timeline["rate_hz"])
    links = [value for element in first.iter() for name, value in element.items() if name in ("url", "href", "uri")]
    assert len(links) >= 8
    for link in links:
        assert (output / unquote(link.removeprefix(BASE + "/"))).is_file(), link
    texts = [(text.get("type"), text.get("rel")) for text in first.findall(f"{PODCAST}transcript")]
    assert texts[:2] == [("text/vtt", "captions"), ("application/x-subrip", "captions")]
    assert {text for text, rel in texts if rel is None} == {
        *("text/vtt", "application/x-subrip", "application/json", "text/html", "text/plain")
    }
    enclosure = one(first, "enclosure").attrib
    audio = output / unquote(enclosure["url"].removeprefix(BASE + "/"))
    assert audio.name == "eins_zwei_1.mp3"
    assert int(enclosure["length"]) == audio.stat().st_size
    mixes = {other.get("rel"): other for other in first.findall(f"{PODCAST}alternateEnclosure")}
    assert list(mixes) == [None, "night"]
    for mix, name in ((None, "eins_zwei_1.mp3"), ("night", "eins_zwei_1.night.mp3")):
        digest = base64.b64encode(hashlib.sha384((folder / name).read_bytes()).digest()).decode()
        assert one(mixes[mix], f"{PODCAST}integrity").get("value") == f"sha384-{digest}"
        assert int(mixes[mix].attrib["bitrate"]) == pytest.approx(192_000, rel=0.01)
    alone = ElementTree.fromstring((folder / "feed-item.xml").read_text("utf-8"))
    assert [(e.tag, e.items(), (e.text or "").strip()) for e in alone.iter()] == [
        (e.tag, e.items(), (e.text or "").strip()) for e in first.iter()
    ]


def test_it_is_the_same_every_time_and_changes_only_with_what_it_is_made_of(output: Path) -> None:
    publish(output, BASE)
    before = (output / "feed.xml").read_bytes()
    publish(output, BASE)
    assert (output / "feed.xml").read_bytes() == before
    (output / "two" / "two.mp3").write_bytes((output / "two" / "two.mp3").read_bytes() + b"\0")
    publish(output, BASE)
    assert (output / "feed.xml").read_bytes() != before


def test_a_cover_of_some_size_is_remarked_on(output: Path) -> None:
    packed = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (500, 500, 3), np.uint8)).save(packed, "PNG")
    held = ID3(output / "two" / "two.mp3")
    held.setall("APIC", [APIC(mime="image/png", type=3, data=packed.getvalue())])
    held.save()
    assert [one for one in publish(output, BASE).remarks if " MB" in one] == [
        "two/cover.png has 0.8 MB, and so much is in each audio file of its episode; hosts advise 512 kB at most"
    ]


def test_a_text_that_is_cut_off_is_remarked_on(output: Path) -> None:
    def remarks() -> list[str]:
        return [one for one in publish(output, BASE).remarks if "cut off" in one]

    assert remarks() == []
    facts = json.loads((output / "two" / "episode.json").read_text("utf-8"))
    (output / "two" / "episode.json").write_text(json.dumps(facts | {"summary": "é" * 1990}), "utf-8")
    (output / "feed.yaml").write_text(f"description: {'a' * 4001}\n", "utf-8")
    assert remarks() == [
        "two: its summary is cut off in the feed, where a description has 4000 bytes at most",
        "the show's description is cut off in the feed, where one has 4000 bytes at most (feed.yaml)",
    ]


def test_a_picture_that_apple_does_not_take_is_remarked_on(output: Path) -> None:
    def remarks() -> list[str]:
        return [one for one in publish(output, BASE).remarks if "Apple" in one]

    asked = "; Apple takes a square JPEG or PNG of 1400 to 3000, RGB, without transparency"
    assert remarks() == []
    packed = io.BytesIO()
    Image.new("CMYK", (1400, 1400)).save(packed, "JPEG")
    held = ID3(output / "two" / "two.mp3")
    held.setall("APIC", [APIC(mime="image/jpeg", type=3, data=packed.getvalue())])
    held.save()
    assert remarks() == [f"two/cover.jpg has 1400 × 1400 pixels in CMYK{asked}"]
    Image.new("RGBA", (500, 400)).save(output / "show.png")
    (output / "feed.yaml").write_text("image: show.png\n", "utf-8")
    assert remarks() == [f"show.png has 500 × 400 pixels in RGBA{asked} (1 more is not so)"]


def test_of_two_that_come_out_together_title_and_picture_are_of_one(output: Path) -> None:
    for name in ("eins & zwei #1", "two"):
        facts = json.loads((output / name / "episode.json").read_text("utf-8"))
        facts |= {"show": "", "episode": None, "title": name}
        (output / name / "episode.json").write_text(json.dumps(facts), "utf-8")
    (output / "feed.yaml").write_text("dates: {two: 2026-11-22}\n", "utf-8")
    publish(output, BASE)
    found = read((output / "feed.xml").read_text("utf-8"))
    assert said(found, "title") == "eins & zwei #1"
    assert one(found, f"{ITUNES}image").get("href") == f"{BASE}/eins%20%26%20zwei%20%231/cover.jpg"


def test_feed_yaml_says_what_episodes_cannot(output: Path) -> None:
    (output / "feed.yaml").write_text(
        "title: Harbours\ndescription: 'Sea: and all'\nemail: a@example.org\nexplicit: yes\ntime: 18:30\n"
        "guid: 917393e3-1b1e-5cef-ace4-edaa54e1f810\nlicence: {name: cc-by-4.0}\ndates: {two: 2026-11-20}\n"
        "people: [{name: A. Actor, role: Narrator}]\nbonus: [two]\n",
        "utf-8",
    )
    done = publish(output, BASE, until="2026-11-30")
    assert [remark for remark in done.remarks if "soundbite" not in remark] == []
    found = read((output / "feed.xml").read_text("utf-8"))
    assert said(found, f"{PODCAST}guid") == "917393e3-1b1e-5cef-ace4-edaa54e1f810"
    assert said(found, f"{ITUNES}explicit") == "true"
    assert [said(made, "pubDate")[5:22] for made in found.findall("item")] == ["22 Nov 2026 18:30", "20 Nov 2026 18:30"]
    assert said(found.findall("item")[1], f"{ITUNES}episodeType") == "bonus"


def test_later_episodes_are_left_out_until_their_day(output: Path) -> None:
    done = publish(output, BASE, until="2026-11-22")
    assert ([one_episode.slug for one_episode in done.episodes], done.held_back) == (["eins & zwei #1"], ("two",))
    with pytest.raises(RenderError, match="no episode is out by 2026-11-21; the first is of 2026-11-22"):
        publish(output, BASE, until="2026-11-21")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("titel: x\n", r"feed.yaml:1:\d+: there is no 'titel'; did you mean 'title'"),
        ("title: a\nexplicit: perhaps\n", r"feed.yaml:2:11: explicit: "),
        ("link: //x\n", r"feed.yaml:1:7: link: it begins with https"),
        ("dates: {two: soon}\n", r"feed.yaml:1:14: dates.two: 'soon' is no day"),
        ("dates: {tow: 2026-11-22}\n", r"no episode's folder 'tow'; did you mean 'two'"),
        ("licence: {name: cc-by-5.0}\n", r"feed.yaml:1:\d+: 'cc-by-5.0' needs a url"),
        ("- a\n", r"feed.yaml:1:1: feed.yaml is a mapping"),
        ("time: 7\n", r"feed.yaml:1:7: time: '7' is no time"),
        ("time: 25:00\n", r"feed.yaml:1:7: time: '25:00' is no time; write hours and minutes, as in 18:30"),
        ("time: 18:60\n", r"feed.yaml:1:7: time: '18:60' is no time"),
    ],
)
def test_a_slip_in_feed_yaml_is_told_with_its_place(output: Path, text: str, says: str) -> None:
    (output / "feed.yaml").write_text(text, "utf-8")
    with pytest.raises(ScriptError, match=says):
        publish(output, BASE)
    assert not (output / "feed.xml").exists()


def test_what_an_episode_lacks_is_named_for_all_of_them_at_once(output: Path) -> None:
    for name in ("eins & zwei #1", "two"):
        facts = json.loads((output / name / "episode.json").read_text("utf-8"))
        (output / name / "episode.json").write_text(json.dumps(facts | {"date": ""}), "utf-8")
    with pytest.raises(RenderError) as caught:
        publish(output, BASE)
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert all("it has no date; write 'date: 2026-11-22'" in line for line in lines)
    (output / "two" / "two.mp3").unlink()
    (output / "two" / "episode.json").write_text("{", "utf-8")
    with pytest.raises(RenderError, match=r"two.episode.json: this is not JSON"):
        publish(output, BASE)


def test_only_what_the_render_made_is_the_episode(output: Path) -> None:
    publish(output, BASE)
    before = (output / "feed.xml").read_text("utf-8")
    for name in ("00 pitch.mp3", "two (1).mp3", "two.night.mp3", "zzz.flac"):
        shutil.copy(output / "eins & zwei #1" / "eins_zwei_1.mp3", output / "two" / name)
    publish(output, BASE)
    assert (output / "feed.xml").read_text("utf-8") == before


def test_two_episodes_cannot_have_one_number(output: Path) -> None:
    facts = json.loads((output / "two" / "episode.json").read_text("utf-8"))
    (output / "two" / "episode.json").write_text(json.dumps(facts | {"episode": 1}), "utf-8")
    with pytest.raises(RenderError, match="it has the season and number of eins & zwei #1"):
        publish(output, BASE)


def translated(output: Path, slug: str, of: str, language: str) -> None:
    """An edition of a rendered episode, as far as a feed knows: its day, its number, another language."""
    shutil.copytree(output / of, output / slug)
    facts = json.loads((output / slug / "episode.json").read_text("utf-8"))
    (output / slug / "episode.json").write_text(json.dumps(facts | {"language": language, "title": language}), "utf-8")


def slugs(output: Path, language: str = "") -> list[str]:
    return sorted(one_episode.slug for one_episode in publish(output, BASE, language=language).episodes)


def test_editions_in_other_languages_are_left_out_with_the_way_to_a_feed_of_theirs(output: Path) -> None:
    translated(output, "two_de", "two", "de")
    translated(output, "a_es", "eins & zwei #1", "es")
    translated(output, "two_es", "two", "es")
    (output / "feed.yaml").write_text("title: Harbours\nlanguage: en\ncategories: [Arts]\n", "utf-8")
    done = publish(output, BASE)
    assert sorted(one_episode.slug for one_episode in done.episodes) == ["eins & zwei #1", "two"]
    assert "two_de in de is not in it: a feed of theirs is written by 'render feed … --language de'" in done.remarks[0]
    assert "a_es, two_es in es are not in it" in done.remarks[1]

    (output / "feed.es.yaml").write_text("title: Puertos\n", "utf-8")
    assert slugs(output, "es") == ["a_es", "two_es"]
    ours, theirs = (read((output / name).read_text("utf-8")) for name in ("feed.xml", "feed.es.xml"))
    assert [said(one_feed, "language") for one_feed in (ours, theirs)] == ["en", "es"]
    assert [said(one_feed, "title") for one_feed in (ours, theirs)] == ["Harbours", "Puertos"]
    assert said(ours, f"{PODCAST}guid") != said(theirs, f"{PODCAST}guid")
    assert [one(one_feed, f"{ITUNES}category").get("text") for one_feed in (ours, theirs)] == ["Arts", "Arts"]
    with pytest.raises(RenderError, match="no episode is in the language 'fr'; there are some in de, en, es"):
        publish(output, BASE, language="fr")


def test_of_two_editions_in_one_language_the_one_that_is_named_in_full_is_meant(output: Path) -> None:
    translated(output, "two_us", "two", "en-US")
    translated(output, "us_only", "two", "en-US")
    facts = json.loads((output / "us_only" / "episode.json").read_text("utf-8"))
    (output / "us_only" / "episode.json").write_text(json.dumps(facts | {"episode": 3}), "utf-8")
    own = json.loads((output / "two" / "episode.json").read_text("utf-8"))["language"]
    assert slugs(output) == ["eins & zwei #1", "two", "us_only"]
    assert slugs(output, "en-US") == ["eins & zwei #1", "two_us", "us_only"]
    assert own != "en-US"


def test_a_language_that_no_episode_is_in_is_only_what_the_feed_calls_it(output: Path) -> None:
    (output / "feed.yaml").write_text("language: gd\n", "utf-8")
    assert slugs(output) == ["eins & zwei #1", "two"]
    assert said(read((output / "feed.xml").read_text("utf-8")), "language") == "gd"


def test_a_picture_outside_the_folder_is_refused(output: Path) -> None:
    (output.parent / "secret.jpg").write_bytes(b"\xff\xd8\xff")
    (output / "feed.yaml").write_text("image: ../secret.jpg\n", "utf-8")
    with pytest.raises(RenderError, match=r"\.\./secret\.jpg is no file in"):
        publish(output, BASE)


def test_a_picture_that_cannot_be_shown_is_told(output: Path) -> None:
    packed = b"a\0\0" + zlib.compress(bytes(20_000_000))
    head = b"\0\0\5\xdc\0\0\5\xdc\x08\x02\0\0\0"
    chunks = [
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in ((b"IHDR", head), (b"zTXt", packed))
    ]
    (output / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    (output / "feed.yaml").write_text("image: bomb.png\n", "utf-8")
    with pytest.raises(RenderError, match=r"bomb\.png: this is no JPEG or PNG that can be shown"):
        publish(output, BASE)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("feed", ".", "--url", "nowhere"), 2, "--url: it begins with https://"),
        (("feed", ".", "--url", BASE, "--until", "soon"), 2, "--until: 'soon' is no day"),
        (("feed", ".", "--url", BASE, "--language", "../x"), 2, "--language: '../x' is not a language"),
        (("feed", ".", "--url", BASE), 1, "no folder of an episode is in it; render one first"),
    ],
)
def test_a_wrong_call_is_told_in_one_line(
    arguments: tuple[str, ...], code: int, says: str, tmp_path: Path, shell: Shell
) -> None:
    done = shell(*arguments, cwd=tmp_path)
    assert done.code == code
    assert says in done.err
