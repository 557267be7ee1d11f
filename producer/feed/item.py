"""One episode as an RSS item."""

from __future__ import annotations

import uuid
from html import escape
from xml.etree import ElementTree

from producer.feed.address import below, item_guid
from producer.feed.nouns import Episode, Facts, Media
from producer.feed.show import Licence, Person, Show
from producer.feed.xml import Element, add, clean, first_of, in_bytes, one_line
from producer.model.paragraphs import paragraphs

TAG_CHARACTERS = 255  # Apple: of every tag unless it says otherwise
TEXT_BYTES = 4000  # Apple: of a description
NAME_CHARACTERS = 128  # podcast-namespace: person, soundbite, license
_TITLE_CHARACTERS = 32  # podcast-namespace: an alternate enclosure's title


def item(show: Show, guid: uuid.UUID, url: str, episode: Episode) -> Element:
    """The `item` of an episode whose folder is at `url`/slug.

    Args:
        guid: the show's.
    Source: RSS 2.0; Apple's feed requirements; podcast-namespace 1.0.
    """
    facts, enclosure = episode.facts, episode.media[0]
    made = ElementTree.Element("item")
    title = one_line(first_of(facts.title, episode.slug), TAG_CHARACTERS)
    add(made, "title", title)
    add(made, "itunes:title", title)
    add(made, "guid", str(item_guid(guid, episode.slug)), isPermaLink="false")
    add(made, "pubDate", episode.published.rfc2822)
    add(made, "enclosure", url=_at(url, episode, enclosure.file), length=enclosure.size_bytes, type_=enclosure.type)
    add(made, "description", _description(facts, title))
    add(made, "content:encoded", notes(episode))
    add(made, "itunes:duration", str(round(episode.length_s)))
    add(made, "itunes:explicit", _truth(bool(facts.explicit)))
    add(made, "itunes:episodeType", episode.kind)
    _numbers(made, episode)
    if author := first_of(facts.writer, facts.producer):
        add(made, "itunes:author", one_line(author, TAG_CHARACTERS))
    if episode.cover:
        add(made, "itunes:image", href=_at(url, episode, episode.cover))
    for text in episode.transcripts:
        rel = "captions" if text.captions else None
        address = _at(url, episode, text.file)
        add(made, "podcast:transcript", url=address, type_=text.type, language=facts.language, rel=rel)
    if episode.chapters:
        add(made, "podcast:chapters", url=_at(url, episode, episode.chapters), type_="application/json+chapters")
    for bite in (one for one in episode.soundbites if one.length_s > 0):
        add(
            made,
            "podcast:soundbite",
            one_line(bite.title, NAME_CHARACTERS) or None,
            startTime=f"{bite.start_s:.3f}",
            duration=f"{bite.length_s:.3f}",
        )
    _people(made, show, episode)
    if show.licence:
        licence(made, show.licence)
    add(made, "podcast:txt", _truth(facts.synthetic), purpose="ai-content")
    for media in episode.media:
        _alternate(made, url, episode, media, media is enclosure)
    return made


def _description(facts: Facts, title: str) -> str:
    """Summary and disclosure: a summary that is too long loses its end, and never what says whose voices those are."""
    told = in_bytes(first_of(facts.disclosure), TEXT_BYTES // 2)
    room = TEXT_BYTES - len(f"\n\n{told}".encode())
    words = in_bytes("\n\n".join(paragraphs(first_of(facts.summary, title))), room)
    return "\n\n".join(filter(None, (words, told)))


def is_cut(facts: Facts) -> bool:
    """Whether the end of a summary is left out of the description; the notes have all of it."""
    return "\n\n".join(paragraphs(first_of(facts.summary))) not in _description(facts, "")


def notes(episode: Episode) -> str:
    """The show notes in HTML: summary, disclosure, credits. Everything that was written is escaped."""
    facts = episode.facts
    parts = [f"<p>{escape(part)}</p>" for part in paragraphs(clean(facts.summary))]
    if first_of(facts.disclosure):
        parts.append(f"<p>{escape(one_line(facts.disclosure))}</p>")
    _, _, who = clean(episode.credits).partition("\n\n")  # what comes before are its title and show
    if lines := [escape(line.strip()) for line in who.strip().splitlines() if not line.startswith("    sha256 ")]:
        parts.append(f"<p>{'<br>'.join(lines)}</p>")
    return "".join(parts) or f"<p>{escape(one_line(facts.title))}</p>"


def licence(parent: Element, wanted: Licence) -> None:
    """`podcast:license`; a known slug is written in lower case."""
    add(parent, "podcast:license", wanted.name if wanted.url else wanted.name.casefold(), url=wanted.url)


def person(parent: Element, who: Person) -> None:
    add(
        parent,
        "podcast:person",
        one_line(who.name, NAME_CHARACTERS),
        group=one_line(who.group),
        role=one_line(who.role),
        href=who.href,
        img=who.img,
    )


def _people(parent: Element, show: Show, episode: Episode) -> None:
    """Who wrote and produced it, and those whom `feed.yaml` names for it. A synthetic voice is no person."""
    named = [
        Person(name=one_line(name, NAME_CHARACTERS), group=group, role=role)
        for name, group, role in (
            (episode.facts.writer, "Writing", "Writer"),
            (episode.facts.producer, "Creative Direction", "Producer"),
        )
        if one_line(name)
    ]
    for who in (*named, *(who for who in show.people if episode.slug in who.episodes)):
        person(parent, who)


def _numbers(parent: Element, episode: Episode) -> None:
    """Apple takes whole numbers over 0 only."""
    for name, number in (("season", episode.facts.season), ("episode", episode.facts.episode)):
        if number:
            add(parent, f"itunes:{name}", str(number))
            add(parent, f"podcast:{name}", str(number))


def _alternate(parent: Element, url: str, episode: Episode, media: Media, default: bool) -> None:
    """A file with its checksum. A listener mix is other content: it has a `rel` of its own."""
    made = add(
        parent,
        "podcast:alternateEnclosure",
        type_=media.type,
        length=media.size_bytes,
        bitrate=media.bitrate_bps or None,
        lang=episode.facts.language,
        title=one_line(media.title, _TITLE_CHARACTERS),
        rel=media.mix or None,
        default="true" if default else None,
    )
    add(made, "podcast:source", uri=_at(url, episode, media.file))
    add(made, "podcast:integrity", type_="sri", value=media.sri)


def _at(url: str, episode: Episode, file: str) -> str:
    return below(url, episode.slug, file)


def _truth(value: bool) -> str:
    return "true" if value else "false"
