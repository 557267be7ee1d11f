"""The page itself: a template, one style sheet and the programs beside it, all in one text."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment
from markupsafe import Markup

from producer.model.direction import direction
from producer.model.paragraphs import paragraphs
from producer.model.sound import Origin
from producer.page import data
from producer.page.colours import palettes
from producer.page.figures import figures
from producer.page.picture import embedded
from producer.page.reading import clock, passages, spoken_length
from producer.page.values import Shown
from producer.templates import templates

SCRIPTS = ("store", "player", "draw", "transcript", "overview", "lanes", "loudness", "lists", "keys", "theme", "main")
"""The programs, in the order in which each needs those before it."""


def html(shown: Shown) -> str:
    """The listening page; the same values give the same page. docs/page.md says what stands on it."""
    pages = environment()
    picture = embedded(shown.cover)
    light, dark = palettes(picture.hue)
    style = pages.get_template("page.css").render(light=light, dark=dark).strip()
    script = _script(pages)
    facts = shown.facts
    return (
        pages.get_template("page.html").render(
            facts=facts,
            summary=paragraphs(facts.summary),
            number=_number(shown),
            cover=picture.cover,
            icon_address=picture.icon,
            light=light,
            dark=dark,
            style=Markup(style),
            style_hash=digest(style),
            script=Markup(script),
            script_hash=digest(script),
            addresses=Markup(data.safe_json([relative(mix.file) for mix in shown.mixes])),
            data=Markup(data.safe_json(data.document(shown))),
            direction=direction(facts.language),
            length=spoken_length(shown.timeline.duration / shown.timeline.rate_hz),
            seconds=round(shown.timeline.duration / shown.timeline.rate_hz, 1),
            clock=clock,
            mixes=[{"mix": mix, "address": relative(mix.file), "figures": figures(mix)} for mix in shown.mixes],
            found=sum(len(mix.findings) for mix in shown.mixes),
            chapters=shown.chapters,
            passages=passages(shown),
            voices=shown.voices,
            disclosure=shown.disclosure,
            packs=_packs(shown.origins),
            kinds=sorted({clip.kind for clip in shown.timeline.clips}),
            link=link,
        )
        + "\n"
    )


def relative(path: str) -> str:
    """A path beside the page as an address: `./` first, so that no name is taken for a scheme or a host."""
    return "./" + "/".join(quote(part, safe="") for part in path.split("/"))


def link(address: str) -> str:
    """An address that may be followed, or "": nothing but the web, whatever a pack's file says."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    return address.strip() if parts.scheme in ("http", "https") and parts.netloc else ""


def environment() -> Environment:
    """The templates of pages. Read once, however many pages are made."""
    return templates("producer.page")


def _script(pages: Environment) -> str:
    """All programs as one, none of whose names are the window's."""
    assert pages.loader is not None
    parts = [pages.loader.get_source(pages, f"{name}.js")[0].strip() for name in SCRIPTS]
    return '(() => {\n"use strict";\n' + "\n\n".join(parts) + "\n})();"


def digest(text: str) -> str:
    """SHA-256 in base64, as a page's policy names what may run or colour it."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _number(shown: Shown) -> str:
    facts = shown.facts
    named = (("Season", facts.season), ("Episode", facts.episode))
    return ", ".join(f"{name} {number}" for name, number in named if number is not None).capitalize()


def _packs(origins: tuple[Origin, ...]) -> list[dict[str, Any]]:
    """Sounds under their packs, in the order in which they are first heard."""
    packs: dict[str, list[Origin]] = {}
    for origin in dict.fromkeys(origins):
        packs.setdefault(f"{origin.pack} {origin.version}".strip(), []).append(origin)
    return [{"name": name, "sounds": sounds, "licences": _licences(sounds)} for name, sounds in packs.items()]


def _licences(sounds: list[Origin]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((one.licence, link(one.licence_url)) for one in sounds))
