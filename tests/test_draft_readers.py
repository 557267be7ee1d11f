"""Readers of every form: what is a heading, a break, verse; and archives that mean harm."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from producer.draft import (
    draft_radio,
    is_fountain,
    is_radio,
    language_of,
    language_told,
    read_epub,
    read_markdown,
    read_plain,
)
from producer.draft.directions import bracket
from producer.draft.html import read_html
from producer.draft.nouns import Draft, Played, Speech
from producer.draft.text import squeezed
from producer.errors import RenderError
from tests.draft_helpers import checked, cues, epub, of_fountain, of_prose, of_radio, transcript, wanted, words, written


def kinds(text: str) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in read_plain(text).paragraphs]


def test_plain_text_has_titles_chapters_breaks_and_verse() -> None:
    text = (
        "The Long Night\n\nby N. Name\n\nCHAPTER I.\nThe Door\n\nIt was a dark and stormy night that went on and on\n"
        "until the morning came with all its birds, and then\nit stopped.\n\n* * *\n\nRow on, row on,\n"
        "Ye winds of night,\n"
        "And let me in.\n\nII\n\nSo it went.\n\nTHE LAST DOOR\n\nDone."
    )
    found = kinds(text)
    assert [kind for kind, _ in found] == [
        *("heading", "text", "heading", "text", "break", "verse", "heading", "text", "heading", "text"),
    ]
    assert found[2][1] == "CHAPTER I. The Door"
    source = read_plain(text)
    assert (source.title, source.writer) == ("The Long Night", "N. Name")
    assert [source.paragraphs[5].text[at:] for at in source.paragraphs[5].lines] == [
        "Ye winds of night, And let me in.",
        "And let me in.",
    ]


def test_scenes_come_from_headings_and_breaks() -> None:
    made = of_prose(read_markdown("# Book\n\n## One\n\nIt began.\n\n---\n\nIt went on.\n\n## Two\n\nIt ended.\n"))
    assert [scene.title for scene in made.scenes] == ["One", "", "Two"]
    assert [scene.title for scene in checked(made).scenes] == ["One", "", "Two"]


def test_a_public_library_s_licence_is_left_out_and_that_is_said() -> None:
    sign = "OF THE PROJECT GUTENBERG EBOOK X ***"
    text = f"Header.\n*** START {sign}\n\nThe story.\n\n*** END {sign}\nLicence."
    source = read_plain(text)
    assert [one.text for one in source.paragraphs] == ["The story."]
    assert source.left_out


def test_front_matter_and_emphasis_of_markdown() -> None:
    source = read_markdown(
        "---\ntitle: Lamp\nauthor: N. Name\nlang: en-US\n---\nA *very* **long** [walk](https://x.example/).\n"
    )
    assert (source.title, source.writer, source.language) == ("Lamp", "N. Name", "en-US")
    only = source.paragraphs[0]
    assert [only.text[a:b] for a, b in only.emphasis] == ["very", "long"]
    assert only.text == "A very long walk."


def test_a_row_of_a_table_in_markdown_is_read_without_its_lines() -> None:
    table = "| Hour | Wind |\n|:-----|-----:|\n| 04:00 | *north* |\n| | “Rough,” he said. |\n| No! | Yes. |\n"
    source = read_markdown(f"It began.\n\n{table}\nA | B.\n")
    rows = ["Hour, Wind", "04:00, north", "“Rough,” he said.", "No! Yes."]
    assert [one.text for one in source.paragraphs] == ["It began.", *rows, "A | B."]


def test_a_page_of_html_keeps_blocks_apart_and_skips_what_is_not_read() -> None:
    page = (
        "<html><head><title>no</title><style>p{}</style></head><body><h1>Title</h1>"
        "<p>One<br/>two &amp; &#x201c;three&#x201d;"
        "<script>no()</script></p><hr/><p/><div>Four <em>fi</em>ve<p>Six</p></div><span hidden>no</span><p>Seven"
    )
    found = read_html(page).paragraphs
    assert [(one.kind, one.text) for one in found] == [
        ("heading", "Title"),
        ("verse", "One two & “three”"),
        ("break", ""),
        ("text", "Four five"),
        ("text", "Six"),
        ("text", "Seven"),
    ]
    assert read_html("<div>" * 5000 + "deep").paragraphs[0].text == "deep"


def test_an_epub_is_read_in_the_order_of_its_spine() -> None:
    source = read_epub(epub(["<h1>One</h1><p>First.</p>", "<p>Second.</p>"]), "b.epub")
    assert (source.title, source.writer, source.language) == ("A Book", "N. Name", "en-GB")
    assert [one.text for one in source.paragraphs if one.text] == ["One", "First.", "Second."]
    assert [one.kind for one in source.paragraphs] == ["heading", "text", "break", "text"]


PACKAGE = '<package xmlns="http://www.idpf.org/2007/opf">'
PACKAGE += '<manifest><item id="a" href="{}" media-type="application/xhtml+xml"/></manifest>'
PACKAGE += '<spine><itemref idref="a"/></spine></package>'
BILLION = '<!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
BILLION += "<package><metadata><title>&b;</title></metadata></package>"
OUTSIDE = (
    '<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/hostname">]><package><metadata><title>&a;</title></metadata></package>'
)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"no zip at all", "no EPUB"),
        (b"PK\x03\x04" + b"\0" * 60, "no EPUB"),
        (epub([], opf=PACKAGE.format("../../../etc/passwd")), "leads out"),
        (epub([], opf=PACKAGE.format("/etc/passwd")), "leads out"),
        (epub([], opf=PACKAGE.format("file:///etc/passwd")), "leads out|has no"),
        (epub([], opf=PACKAGE.format("not_there.xhtml")), "has no"),
        (epub([], opf=BILLION), "entities"),
        (epub([], opf=OUTSIDE), "entities"),
        (epub([], opf="<package"), "not XML"),
        (epub(["<p>" + "x" * 5_000_000 + "</p>"]), "unpacks to more"),
    ],
)
def test_a_hostile_book_is_one_message(data: bytes, what: str) -> None:
    with pytest.raises(RenderError, match=what):
        read_epub(data, "b.epub")


def test_a_header_that_lies_about_its_size_unpacks_no_further_than_a_page() -> None:
    data = bytearray(epub(["<p>" + "y" * 3_000_000 + "</p>"]))
    for name in (b"OPS/p 0.xhtml",):
        at = data.rfind(name) - 46  # the central directory
        struct.pack_into("<I", data, at + 24, 100)
    with pytest.raises(RenderError):
        read_epub(bytes(data), "b.epub")


def test_an_archive_of_too_many_files_and_one_with_a_password_are_refused() -> None:
    many = epub(["<p>x</p>"], extra={f"f{n}": b"" for n in range(10_001)})
    with pytest.raises(RenderError, match="holds"):
        read_epub(many, "b.epub")
    locked = bytearray(epub(["<p>x</p>"]))
    at = locked.rfind(b"OPS/p 0.xhtml") - 46
    locked[at + 8] |= 1
    with pytest.raises(RenderError, match=r"locked|password|no EPUB"):
        read_epub(bytes(locked), "b.epub")


def test_a_page_in_latin_1_is_read_by_what_it_declares() -> None:
    out = io.BytesIO(epub(["<p>x</p>"]))
    page = '<?xml version="1.0" encoding="iso-8859-1"?><html><body><p>Café</p></body></html>'.encode("latin-1")
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("OPS/p 0.xhtml", page)
    assert read_epub(out.getvalue(), "b.epub").paragraphs[0].text == "Café"


SCREENPLAY = """\
Title: The *Last* Lamp
Author: N. Name

INT. LIGHTHOUSE - NIGHT #1#

The wind howls. MARA climbs.

MARA
(whispering)
Who's there?
(beat)
(loudly) I said who (if anybody).

SILAS (O.S.)
Only me.

[[Check the tide.]]

> CUT TO:

EXT. QUAY - DAY

@McAvoy (FILTERED)
Aye.

= He is old.

SOUND: A door slams.

/* not this */
"""


def test_a_screenplay() -> None:
    made = of_fountain(SCREENPLAY)
    assert (made.title, made.writer) == ("The Last Lamp", "N. Name")
    assert [(scene.title, scene.room) for scene in made.scenes] == [
        ("INT. LIGHTHOUSE - NIGHT", "small stone room"),
        ("EXT. QUAY - DAY", "open air"),
    ]
    said = [item for scene in made.scenes for item in scene.items if isinstance(item, Speech)]
    assert [(one.speaker, one.text, one.how, one.treat) for one in said] == [
        ("narrator", "The wind howls. MARA climbs.", "", ""),
        ("mara", "Who's there?", "whispering", ""),
        ("mara", "I said who (if anybody).", "loudly", ""),
        ("silas", "Only me.", "o.s.", ""),
        ("mcavoy", "Aye.", "filtered", "radio"),
    ]
    played = [item for scene in made.scenes for item in scene.items if isinstance(item, Played)]
    assert {one.note for one in played if one.kind == "comment"} == {"Check the tide.", "CUT TO:", "He is old."}
    assert [one[0] for one in shown(of_fountain("INT. HALL - DAY\n\nANNA\nNo.\n\nINTERCUT WITH:\n"))] == [
        "anna",
        "comment",
    ]
    assert [one.role for one in played if one.kind == "sound"] == ["door_slam"]
    assert words(transcript(checked(made))) == words(" ".join(one.text for one in said))


def test_a_direction_before_words_on_one_line_hides_no_later_word() -> None:
    made = of_fountain("INT. HALL - DAY\n\nMARA\n(beat) I don't know.\nNor do you.\n")
    assert words(transcript(checked(made))) == words("I don't know. Nor do you.")


RADIO = """\
THE LAST LAMP
by N. Name

SCENE ONE: INT. LIGHTHOUSE. NIGHT

1  SOUND: WIND. DOOR CREAKS OPEN.
2  MARA: (WHISPERS) Who's there? (BEAT) Who is
   it, I said?

3  SILAS: Only me. (laughing) You should see your face (it is white).
4  MUSIC: OMINOUS. UP AND UNDER.
(PAUSE)
5  SOUND: A KAZOO QUARTET
6  MUSIC: OUT
7  MARA: (ON PHONE) Yes?
"""


def test_a_radio_script() -> None:
    assert is_radio(RADIO) and not is_fountain(RADIO) and is_fountain(SCREENPLAY)
    made = of_radio(RADIO)
    assert (made.title, made.writer) == ("THE LAST LAMP", "N. Name")
    (scene,) = made.scenes
    assert scene.room == "small stone room"
    shown = [
        (item.speaker, item.text, item.how) if isinstance(item, Speech) else (item.kind, item.role, item.note)
        for item in scene.items
        if isinstance(item, Speech) or not item.suggested or item.kind == "pause"
    ]
    assert shown == [
        ("bed", "wind", "WIND. DOOR CREAKS OPEN."),
        ("sound", "door_creak", "WIND. DOOR CREAKS OPEN."),
        ("mara", "Who's there?", "whispers"),
        ("pause", "800 ms", "BEAT"),
        ("mara", "Who is it, I said?", ""),
        ("silas", "Only me.", ""),
        ("silas", "You should see your face (it is white).", "laughing"),
        ("music", "dread", "OMINOUS. UP AND UNDER."),
        ("pause", "800 ms", "PAUSE"),
        ("pause", "1 s", "A KAZOO QUARTET"),
        ("end", "dread", "OUT"),
        ("mara", "Yes?", "on phone"),
    ]
    assert scene.items[-1].treat == "telephone"  # type: ignore[union-attr]
    checked(made)


def shown(made: Draft) -> list[tuple[str, str, str]]:
    return [
        (item.speaker, item.text, item.how) if isinstance(item, Speech) else (item.kind, item.role, item.note)
        for scene in made.scenes
        for item in scene.items
        if isinstance(item, Speech) or not item.suggested or item.kind == "pause"
    ]


def test_names_of_a_script_mean_whom_they_name_and_nobody_else() -> None:
    names = ["ANNA", "YOUNG ANNA", "NURSE ANNA", "MRS. REED", "REED", "GUARD 1", "GUARD #2", "GUARD 2", "1ST GUARD"]
    keys = ["anna", "young_anna", "nurse_anna", "mrs_reed", "reed", "guard_1", "guard_2", "guard_2", "1st_guard"]
    radio = of_radio("THE WELL\n\n" + "".join(f"{name}: Go.\n" for name in names))
    film = of_fountain("INT. HALL - DAY\n\n" + "".join(f"{name}\nGo.\n\n" for name in names))
    for made in (radio, film):
        assert [who for who, _, _ in shown(made) if who != "bed"] == keys
        assert {one.name for one in made.people} >= {"Young Anna", "1st Guard"}
        assert {one.sex for one in made.people if one.key.endswith("anna")} == {"f"}
        checked(made)


@pytest.mark.parametrize("name", ["HARRY & SALLY", "HARRY AND SALLY", "HARRY/SALLY", "SALLY AND HARRY"])
def test_those_who_are_named_together_speak_together(name: str) -> None:
    radio = of_radio(
        f"THE WELL\n\nHARRY: Go.\nSALLY: No.\n{name}: Run!\nHARRY & SALLY: Now!\nTOM, HARRY & ANN: Wait!\n"
    )
    film = of_fountain(
        f"INT. HALL - DAY\n\nHARRY\nGo.\n\nSALLY\nNo.\n\n{name}\nRun!\n\nHARRY & SALLY\nNow!\n\n"
        "TOM, HARRY & ANN\nWait!\n"
    )
    for made in (radio, film):
        both, three = (who for who, text, _ in shown(made) if text in ("Now!", "Wait!"))
        assert [who for who, text, _ in shown(made) if text == "Run!"] == [both]
        script = checked(made)
        assert set(script.cast[both].together) == {"harry", "sally"}
        assert script.cast[three].together == ("tom", "harry", "ann")
        assert script.cast[three].name == "Tom, Harry and Ann" and script.cast["ann"].voice


def test_a_name_that_begins_with_a_figure_and_a_line_in_brackets_are_no_words_of_others() -> None:
    text = (
        "THE TRIAL\n\n1ST GUARD: Halt!\n[Door slams.]\n2ND GUARD: Who goes there?\n"
        "ANNA: (on phone) A friend.\n(Thunder.)\nLet me in.\n(QUIETLY)\nPlease. [whispering] Now [sic].\n"
    )
    assert is_radio(text)
    made = of_radio(text)
    assert shown(made) == [
        ("1st_guard", "Halt!", ""),
        ("sound", "door_slam", "Door slams."),
        ("2nd_guard", "Who goes there?", ""),
        ("anna", "A friend.", "on phone"),
        ("sound", "thunder", "Thunder."),
        ("anna", "Let me in.", ""),
        ("anna", "Please.", "quietly"),
        ("anna", "Now [sic].", "whispering"),
    ]
    checked(made)


def test_a_direction_behind_which_nothing_is_said_is_a_comment() -> None:
    radio = of_radio(
        "THE WELL\n\nHARRY: Come in. (LAUGHS)\nSALLY (SIGHS):\nHARRY: (GROANS)\nHARRY: (SMILING) (SLOWLY) Go.\n"
    )
    assert shown(radio) == [
        ("harry", "Come in.", ""),
        ("comment", "", "Harry: (laughs)"),
        ("comment", "", "Sally: (sighs)"),
        ("comment", "", "Harry: (groans)"),
        ("harry", "Go.", "smiling, slowly"),
    ]
    film = of_fountain(
        "INT. HALL - DAY\n\nMARA (O.S.)\nGo.\n(to Leo)\n(laughs)\n\nLEO\n(laughs)\n\nLEO\n(sighs)\nNo.\n"
    )
    assert [one for one in shown(film) if one[0] != "bed"] == [
        ("mara", "Go.", "o.s."),
        ("comment", "", "Mara: (to Leo, laughs)"),
        ("comment", "", "Leo: (laughs)"),
        ("leo", "No.", "sighs"),
    ]
    checked(radio), checked(film)


def test_prose_is_no_screenplay_and_no_radio_script() -> None:
    prose = "He said: it is late.\n\nNote: nothing.\n\nInt. was what he called it.\n\n“Go,” said Mara.\n"
    assert not is_fountain(prose) and not is_radio(prose)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The man said that he was not in the house and she had gone to the sea.", "en-GB"),
        ("El hombre dijo que no había una casa y se fue con los otros para el mar.", "es"),
        ("Der Mann sagte, dass er nicht in das Haus ging und sie war auf der Straße.", "de"),
        ("Xyzzy.", "en-GB"),
        ("—¿Quién es? —preguntó Marta.\n\n—Soy yo —dijo Pablo—. Abre, por favor.\n\n—No puedo.", "es"),
        ("Ana esperaba en la estación. El tren no llegaba.", "es"),
        ("— Qui est là ? demanda Marie.\n\n— C'est moi, répondit Paul. Ouvre, je t'en prie.", "fr"),
        ("»Wer ist da?«, fragte Anna. Es war kalt, und er war allein.", "de"),
        ("Pioveva. «Chi è?» chiese Marta. «Sono io» disse Paolo.", "it"),
        ("— Quem é? — perguntou Marta. — Sou eu. Abre a porta, não posso esperar.", "pt"),
        ("'Wie is daar?' vroeg Anna. 'Ik ben het,' zei Karel.", "nl"),
        ("Det var natt och hon kunde inte sova.", "sv"),
        ("Było ciemno i zimno. Ktoś zapukał, ale ona nie otworzyła.", "pl"),
        ("Стояла ночь. Кто-то постучал в дверь, но она не открыла.", "ru"),
        ("“Come in,” said Mara.\n\n“No,” he said. “No, no.”", "en-GB"),
    ],
)
def test_the_language_is_told_by_its_commonest_words(text: str, code: str) -> None:
    assert language_of(text) == code


@pytest.mark.parametrize(
    "text", ["Xyzzy.", "Sötét éjszaka volt. Valaki kopogott az ajtón.", "La la la, no, no, me, he, a, we."]
)
def test_words_that_do_not_say_their_language_say_none(text: str) -> None:
    assert language_told(text) == ""


def test_squeezing_moves_spans_with_their_words() -> None:
    text, spans = squeezed("  a   *b \n c*  d", [(6, 13)])
    assert text == "a *b c* d"
    assert [text[a:b] for a, b in spans] == ["*b c*"]


ENDS = """\
THE TEST

SCENE ONE
MUSIC: OUT
MUSIC: FADE OUT
SOUND: RAIN STOPS
SOUND: THE PHONE STOPS RINGING
MUSIC: JAZZ
SOUND: MUSIC OUT
SOUND: RAIN
SOUND: WIND
SOUND: FOOTSTEPS STOP
SOUND: CAR PULLS UP AND STOPS
SOUND: A KAZOO FADES AWAY
(He trails off.)
SOUND: RAIN AND WIND OUT
SOUND: SEA
SOUND: WAVES FADE AWAY. DOOR OPENS.
SOUND: RAIN
SOUND: OUT
GRAMS: THEME UP AND FADE OUT
SOUND: WIND
SOUND: SILENCE
ANNA: So.
"""


def test_a_cue_ends_what_it_names_and_starts_nothing_that_it_says_has_ended() -> None:
    made = of_radio(ENDS)
    found = [f"{kind} {role}" if role else f"# {note}" for kind, role, note in shown(made) if kind != "anna"]
    assert found == [
        "# MUSIC: OUT", "# MUSIC: FADE OUT", "# SOUND: RAIN STOPS", "# SOUND: THE PHONE STOPS RINGING",
        "music warmth", "end warmth", "bed rain", "bed wind", "# SOUND: FOOTSTEPS STOP", "sound car_passing",
        "# SOUND: A KAZOO FADES AWAY", "pause 1 s", "end rain", "end wind", "bed water", "end water",
        "sound door_creak", "bed rain", "end rain", "music warmth", "bed wind", "end warmth", "end wind",
    ]  # fmt: skip
    checked(made)


@pytest.mark.parametrize("text", ["A GUN GOES OFF", "SHE WALKS OUT", "A CAR DRIVES OFF"])
def test_what_goes_off_or_walks_out_is_heard_and_ends_nothing(text: str) -> None:
    made = of_radio(f"SCENE ONE\nSOUND: RAIN\nSOUND: {text}\nANNA: So.\n")
    assert [kind for kind, _, _ in shown(made)] in (["bed", "sound", "anna"], ["bed", "pause", "anna"])


DIRECTIONS = (
    "sighs. laughs. laughs bitterly. to himself. to Ben. beat. under her breath. picks up the phone. still laughing. "
)
DIRECTIONS += (
    "very softly. angry. out of breath. Anna laughs. he turns away. off. into phone. with a shrug. LAUGHS. sotto voce"
)
HEARD = "door slams. a dog barks. the phone rings. thunder. footsteps approach. knock at the door. sound of rain"
SAID = (
    "so-called. if anybody. it is white. and so on. sic. my mother. nothing. the one I told you of. Kent. Emily. 1984. "
)
SAID += "who was he. really. in a small town where nobody ever speaks of it"


@pytest.mark.parametrize(
    ("texts", "kinds"),
    [
        (DIRECTIONS, {"direction"}),
        (HEARD, {"sound"}),
        (SAID, {"said"}),
        ("old habits. his tie", {"guess"}),
        ("How odd!. where?. So it goes. And on", {"said"}),
    ],
)
def test_what_stands_in_brackets_in_a_speech_is_for_the_actor_or_heard_or_said(texts: str, kinds: set[str]) -> None:
    for text in texts.split(". "):
        assert {bracket(text)} == kinds, text


def test_a_direction_inside_a_speech_is_not_said_and_a_guess_is_marked() -> None:
    said = (
        "Right. (to himself) Where was I? (door slams) Oh. (old habits) I am (if anybody) here. *sighs* Go. (his tie)"
    )
    radio, film = of_radio(f"THE WELL\n\nANNA: Hm.\nBEN: {said}\n"), of_fountain(f"INT. HALL - DAY\n\nBEN\n{said}\n")
    for made in (radio, film):
        assert [one for one in shown(made) if one[0] not in ("bed", "anna")] == [
            ("ben", "Right.", ""),
            ("ben", "Where was I?", "to himself"),
            ("ben", "Oh.", ""),
            ("ben", "I am (if anybody) here.", "old habits"),
            ("ben", "Go.", "sighs"),
        ]
        script = written(made)
        assert '- sound: door_slam  # draft: sound "door slams"' in script
        assert "# draft: a direction, and not said: (old habits)\n      - ben: >" in script
        assert "# draft: a direction, and not said: Ben: (his tie)" in script
        checked(made)


@pytest.mark.parametrize("end", ["END", "END OF EPISODE", "THE END", "- End -", "FADE OUT.", "Ende", "CURTAIN"])
def test_the_end_of_a_script_is_not_said(end: str) -> None:
    for made in (
        of_radio(f"SCENE ONE\nANNA: It is\nthe end.\n\n{end}\n"),
        of_fountain(f"INT. HALL\n\nANNA\nGo.\n\n{end}\n"),
    ):
        kinds = [(who, text) for who, text, _ in shown(made)]
        assert ("comment", "") in kinds and not any(who == "narrator" for who, _ in kinds)
    assert ("anna", "It is the end.", "") in shown(of_radio(f"SCENE ONE\nANNA: It is\nthe end.\n\n{end}\n"))


PLAY = """\
The Keys

Anna: Where were you?

Ben (laughing): Running. All the way.

[A dog barks.]

Old Tom: From whom?

Anna: From you.

Scene 2

Ben: Shh!
"""


@pytest.mark.parametrize("text", [PLAY, PLAY.replace("\n\n", "\n"), PLAY.replace("[A dog barks.]", "SOUND: A DOG")])
def test_names_in_small_letters_make_a_radio_script_where_nearly_all_is_theirs(text: str) -> None:
    assert is_radio(text)
    made = of_radio(text)
    assert [who for who, _, _ in shown(made) if who != "pause"] == ["anna", "ben", "old_tom", "anna", "ben"]
    assert [scene.title for scene in made.scenes] == ["", "Scene 2"]
    prose = "It was late. They sat in the kitchen for an hour, and nobody said a word of what had happened.\n\n"
    assert not is_radio(f"{prose}Anna said: He is here.\n\n{prose}Ben said: No.\n\n{prose}Anna said: Yes.\n\n{prose}")
    assert not is_radio("Flour: a pound\n\nEggs: three\n\nMilk: a pint\n\nSugar: some\n")


MARKED = """# The Well

*An audio play*

---

## The yard

*Rain falls.*

**ANNA** *(softly)*
Where *were* you?

**BEN** (laughing): Running. All the way.

**[SOUND: a knock]**

__OLD TOM:__ From whom?

*SOUND: thunder*

**ANNA:** From you.

## Later

**BEN:** Shh!
"""


def test_a_script_in_markdown_is_a_radio_script() -> None:
    assert is_radio(MARKED)
    made = of_radio(MARKED)
    assert (made.title, [scene.title for scene in made.scenes]) == ("The Well", ["The yard", "Later"])
    assert [one for one in shown(made) if one[0] != "comment"] == [
        ("bed", "rain", "Rain falls."),
        ("anna", "Where were you?", "softly"),
        ("ben", "Running. All the way.", "laughing"),
        ("sound", "knock", "SOUND: a knock"),
        ("old_tom", "From whom?", ""),
        ("sound", "thunder", "thunder"),
        ("anna", "From you.", ""),
        ("ben", "Shh!", ""),
    ]
    assert "**" not in written(made) and "An audio play" in written(made)
    assert not is_radio(
        "# Tale\n\n**Mara** came in.\n\n**Tom** was there.\n\n**Nobody** spoke. *It was late.*\n\nSo it was."
    )


STAGED = """THE LAST TRAM

MARGIT, a conductor
AN OLD MAN

SCENE ONE

Scene: a depot at night.

MARGIT. (counting) Forty. You can't sleep here.

OLD MAN. [without looking up] I'm not asleep. I wait.
Well. I always do.

MARGIT (louder). Go home.

[Enter a boy.]

The OLD MAN sits down.

MRS. DOYLE. Is this the depot?

Exit Margit.

SCENE TWO

OLD MAN. It came.
"""


@pytest.mark.parametrize("names", [str, str.title])
def test_a_play_with_a_point_behind_who_speaks_is_no_prose(names: Callable[[str], str]) -> None:
    text = STAGED
    for name in ("MARGIT", "OLD MAN", "MRS. DOYLE"):
        text = text.replace(f"{name}.", f"{names(name)}.").replace(f"{name} (", f"{names(name)} (")
    text = text.replace("depot?", "depot?\n\n" + names("MRS. DOYLE") + ". Is it?")  # in plain letters names come again
    assert is_radio(text)
    made = [one for one in shown(of_radio(text)) if one[0] not in ("bed", "sound", "comment")]
    assert made[:4] == [
        ("narrator", "Scene: a depot at night.", ""),
        ("margit", "Forty. You can't sleep here.", "counting"),
        ("old_man", "I'm not asleep. I wait. Well. I always do.", "without looking up"),
        ("margit", "Go home.", "louder"),
    ]
    assert made[-1] == ("old_man", "It came.", "")
    assert ("narrator", "Exit Margit.", "") in made
    assert ("narrator", "The OLD MAN sits down.", "") in made or names is str.title
    diary = "".join(f"{day}. Rain again, and {day} it was.\n\n" for day in ("Monday", "Tuesday", "Night", "Monday"))
    assert not is_radio(f"A Week\n\n{diary}")
    assert not is_radio(
        "Well. It was late.\n\nSo he went. She stayed.\n\nWell. It was early.\n\nSo it was.\n\nHe went."
    )


@pytest.mark.parametrize(
    ("language", "sound", "music"),
    [
        ("de", "GERÄUSCH", "MUSIK"), ("es", "SONIDO", "MÚSICA"), ("fr", "BRUIT", "MUSIQUE"), ("fr", "SON", "MUSIQUE"),
        ("it", "RUMORE", "MUSICA"), ("it", "SUONO", "Musica"), ("nl", "GELUID", "MUZIEK"), ("pt", "SOM", "MÚSICA"),
        ("pl", "DŹWIĘK", "MUZYKA"), ("sv", "LJUD", "MUSIK"), ("nb", "Lyd", "MUSIKK"), ("ro", "SUNET", "MUZICĂ"),
        ("ru", "ЗВУК", "МУЗЫКА"), ("uk", "ЗВУК", "МУЗИКА"),
    ],
)  # fmt: skip
def test_sounds_and_music_are_nobody_in_any_language(language: str, sound: str, music: str) -> None:
    text = f"ANNA: O.\n{sound}: Wind\n{music}: Jazz\nBEN: A.\n{music}: OUT\n"
    made = draft_radio(text, wanted(language=language), cues())
    assert [one[:2] for one in shown(made)] == [
        ("anna", "O."),
        ("bed", "wind"),
        ("music", "warmth"),
        ("ben", "A."),
        ("end", "warmth"),
    ]
    assert [who for who, _, _ in shown(of_radio("MOTHER: O.\nSON: A.\n"))] == ["mother", "son"]


def test_both_and_all_are_those_who_spoke_in_the_scene() -> None:
    made = of_radio("SCENE 1\nBOTH: O.\nANNA: A.\nBEN: B.\nCLEO: C.\nBOTH: Go!\nALL: Stay!\n")
    together = {one.key: one.together for one in made.people if one.together}
    who = {item.text: item for scene in made.scenes for item in scene.items if isinstance(item, Speech)}
    assert who["O."].speaker == "both"
    assert set(together[who["Go!"].speaker]) == {"ben", "cleo"}
    assert set(together[who["Stay!"].speaker]) == {"anna", "ben", "cleo"}
    assert (who["Go!"].doubt, who["B."].doubt) == ("by who is there", "")
    checked(made)


def test_numbers_of_cues_are_not_said_whatever_they_number() -> None:
    made = of_radio("1. SCENE 1\n2. ANNA: Go.\n3. (PAUSE)\n4. BEN: It is\n12 o'clock.\n5. CUT TO:\n6. THE END\n")
    assert [one[:2] for one in shown(made)] == [
        ("anna", "Go."), ("pause", "800 ms"), ("ben", "It is 12 o'clock."), ("comment", ""), ("comment", ""),
    ]  # fmt: skip
    assert [scene.title for scene in made.scenes] == ["SCENE 1"]


@pytest.mark.parametrize("torn", ["<!--", "<![CDATA[", "<a b='", "<a b ", "</", "<?", "<"])
def test_a_page_of_tags_that_never_close_is_read_at_once(torn: str) -> None:
    read = read_html("<p>One<!-- two --> three.</p>" + torn * (400_000 // len(torn)))
    assert read.paragraphs[0].text == "One three."


def test_a_book_that_is_packed_or_written_in_an_unknown_way_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("META-INF/container.xml", "<container/>")
    with pytest.raises(RenderError, match="is packed as no file of an EPUB may be"):
        read_epub(made.getvalue(), "book.epub")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("META-INF/container.xml", '<?xml version="1.0" encoding="zlib"?><container/>')
    with pytest.raises(RenderError, match=r"container\.xml' is not XML"):
        read_epub(made.getvalue(), "book.epub")


LONG = "The tide went out, and she stood at the door a long while and heard the wind come over the marsh, and no more."
LONG += " Then it came in."
WRAPPED = "It was late when the wind came in over the long, flat marsh"
ADDRESS = f"https://example.org/{'a' * 120}"


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        (
            f"Chapter 1\n{LONG}\n“Who?” asked Tom.\n“Me.”\nChapter 2\n{LONG}",
            ["Chapter 1", LONG, "“Who?” asked Tom.", "“Me.”", "Chapter 2", LONG],
        ),
        (
            f"  {WRAPPED}\nand rattled.\n  “Who?” asked Tom.\n  “Me.”",
            [f"{WRAPPED} and rattled.", "“Who?” asked Tom.", "“Me.”"],
        ),
        (f"{WRAPPED}\n  and rattled.", [f"{WRAPPED} and rattled."]),
        (f"{WRAPPED}, see\n{ADDRESS}\nas it was.", [f"{WRAPPED}, see {ADDRESS} as it was."]),
    ],
)
def test_paragraphs_without_empty_lines_are_told_by_unwrapped_lines_and_by_indents(
    text: str, paragraphs: list[str]
) -> None:
    assert [one.text for one in read_plain(text).paragraphs] == paragraphs


@pytest.mark.parametrize("sentence", ["I talk and talk. ", "第一天海水退去了她站在门口听着风声。", "长"])
@pytest.mark.parametrize("quoted", [True, False])
def test_no_line_is_longer_than_a_script_may_have(sentence: str, quoted: bool) -> None:
    text = sentence * (25_000 // len(sentence))
    made = of_prose(f"“{text.strip()}” said Mara." if quoted else text)
    assert "".join(words(transcript(checked(made)))).startswith("".join(words(text)))
