"""The page about a season: one file, safe whatever is written in it, with a row for every episode."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

from producer.page import season as page

GOOD = page.Row(
    slug="the_quay",
    title="The quay",
    show="The Last Lamp",
    number="1.1",
    language="en",
    profile="podcast",
    asked_lufs=-16.0,
    tolerance_lu=0.5,
    length_s=1325.0,
    files=(
        page.File(file="the_quay.mp3", mix="standard", format="mp3", lufs=-16.02, range_lu=8.24, peak_dbtp=-1.1),
        page.File(file="the_quay.night.mp3", mix="night", format="mp3", lufs=-15.9, range_lu=4.0, peak_dbtp=-1.2),
    ),
    margins={"beds": page.Margin(lu=12.44, asked_lu=8.0, line="line-3", where="script/the_quay.yaml:4:5")},
)


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_every_figure_stands_in_its_row() -> None:
    said = text(page.html([GOOD]))
    assert "1 episode 22 minutes nothing found" in said
    assert "1.1 The quay 22:05 −16.0 asked −16 ±0.5 8.2 −1.1 12.4 asked ≥ 8.0 good night −15.9 LUFS" in said
    html = page.html([GOOD])
    assert 'href="./the_quay/index.html"' in html
    assert 'href="./the_quay/the_quay.night.mp3"' in html
    assert html.count('class="wrong"') == 0


def test_what_does_not_hold_is_marked() -> None:
    loud = replace(GOOD.files[0], lufs=-15.4)
    low = page.Margin(lu=7.9, asked_lu=8.0, line="line-3", where="x:1:1")
    found = page.Finding(where="script/x.yaml:1:1", time="0:03.0", what="too loud")
    html = page.html([replace(GOOD, files=(loud,), margins={"beds": low}, findings=(found,))])
    assert html.count('class="wrong"') == 2
    assert 'href="#found-the_quay">1 found</a>' in html
    assert "0:03.0 too loud script/x.yaml:1:1" in text(html)
    nearly = page.Margin(lu=7.96, asked_lu=8.0, line="line-3", where="x:1:1")  # 8.0, as it is written
    assert 'class="wrong"' not in page.html([replace(GOOD, margins={"beds": nearly})])


def test_editions_are_no_episodes_of_their_own_and_failures_have_their_words() -> None:
    spanish = replace(GOOD, slug="the_quay_es", title="El muelle", language="es", edition_of="the_quay")
    failed = page.Row(slug="salt", title="salt", failed="script/salt.yaml:3:5: a line needs 'text'")
    html = page.html([GOOD, spanish, failed])
    said = text(html)
    assert "1 episode 2 languages 44 minutes nothing found 1 failed" in said
    assert "Not made salt script/salt.yaml:3:5: a line needs &#39;text&#39;" in said
    assert html.count("<tr>") == 3
    assert 'class="edition"' in html


def test_it_is_dark_on_a_screen_alone() -> None:
    html = page.html([GOOD])
    assert re.findall(r"@media ([^{]*dark\)) ", html.partition("<style>")[2]) == [
        "screen and (prefers-color-scheme: dark)"
    ]


def test_a_season_of_which_nothing_was_made_has_a_page() -> None:
    html = page.html([page.Row(slug="salt", title="salt", failed="broken")])
    assert "<table" not in html
    assert "0 episodes" in text(html)


def test_nothing_that_is_written_in_an_episode_runs_or_leads_away() -> None:
    evil = '"><script>alert(1)</script><img src=//example.org/x onerror=alert(2)>'
    row = replace(
        GOOD,
        title=evil,
        show=evil,
        number=evil,
        language=evil,
        notes=(evil,),
        findings=(page.Finding(where=evil, time=evil, what=evil),),
        margins={"beds": page.Margin(lu=1.0, asked_lu=8.0, line=evil, where=evil)},
        files=tuple(replace(one, file=f"{evil}.mp3") for one in GOOD.files),
    )
    html = page.html([row, page.Row(slug="x", title="x", failed=evil)])
    assert "<script" not in html
    assert "<img" not in html
    assert all(address.startswith(("./", "#", "data:,")) for address in re.findall(r'(?:href|src)="([^"]*)"', html))
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style
    allowed = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{allowed}'; img-src data:; base-uri 'none'" in html
    assert " style=" not in html


def test_the_same_rows_are_the_same_page() -> None:
    assert page.html([GOOD]) == page.html([GOOD])
