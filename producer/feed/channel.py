"""The whole show as an RSS channel, newest episode first."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from producer.feed.address import below, show_guid
from producer.feed.item import TAG_CHARACTERS, TEXT_BYTES, item, licence, person
from producer.feed.nouns import Episode
from producer.feed.show import Show
from producer.feed.xml import Element, add, document, first_of, in_bytes, one_line
from producer.model.paragraphs import paragraphs

FILE = "feed.xml"


def ordered(episodes: Sequence[Episode]) -> tuple[Episode, ...]:
    """Newest first; of one minute the later season and number first, then by folder."""
    by_name = sorted(episodes, key=lambda one: one.slug)
    by_number = sorted(by_name, key=lambda one: (one.facts.season or 0, one.facts.episode or 0), reverse=True)
    return tuple(sorted(by_number, key=lambda one: one.published, reverse=True))


def first_episode(episodes: Sequence[Episode]) -> Episode:
    """The one that a show began with: what the show does not say of itself is taken from it."""
    return min(episodes, key=lambda one: (one.published, one.facts.season or 0, one.facts.episode or 0, one.slug))


def file_of(language: str = "") -> str:
    """The file of a show's feed, or of another one in a language of its own."""
    return f"feed.{language}.xml" if language else FILE


def kind(show: Show, episodes: Sequence[Episode]) -> str:
    """`serial` (in the order of the numbers) when every full episode has a number, unless the show says."""
    full = [one for one in episodes if one.kind == "full"]
    return show.type or ("serial" if full and all(one.facts.episode for one in full) else "episodic")


def feed(show: Show, url: str, episodes: Sequence[Episode], image: str, file: str = FILE) -> str:
    """`feed.xml`.

    Args:
        url: where the folder with the episodes is, as `address.base` gives it.
        episodes: at least one.
        image: the show's picture, a file under `url` (folders and name with slashes); "" for none.
        file: where it will be under `url`.

    Source: RSS 2.0; Apple's feed requirements; podcast-namespace 1.0.
    """
    listed = ordered(episodes)
    first = first_episode(listed).facts
    where = show.feed or below(url, file)
    guid = show.guid or show_guid(where)
    root = ElementTree.Element("rss", {"version": "2.0"})
    channel = add(root, "channel")
    title = one_line(first_of(show.title, first.show, first.title, listed[-1].slug), TAG_CHARACTERS)
    author = one_line(first_of(show.author, first.producer, first.writer), TAG_CHARACTERS)
    add(channel, "title", title)
    add(channel, "link", show.link or f"{url}/")
    add(channel, "atom:link", href=where, rel="self", type_="application/rss+xml")
    words = paragraphs(first_of(show.description, first.summary, title))
    add(channel, "description", in_bytes("\n\n".join(words), TEXT_BYTES))
    add(channel, "language", (show.language or first.language).lower())
    add(channel, "generator", "Producer")
    add(channel, "pubDate", listed[0].published.rfc2822)
    if show.copyright:
        add(channel, "copyright", one_line(show.copyright, TAG_CHARACTERS))
    if author:
        add(channel, "itunes:author", author)
    if show.email:
        owner = add(channel, "itunes:owner")
        add(owner, "itunes:name", author or title)
        add(owner, "itunes:email", show.email)
    if image:
        _pictures(channel, below(url, *image.split("/")), title, show.link or f"{url}/")
    _categories(channel, show.categories)
    explicit = any(one.facts.explicit for one in listed) if show.explicit is None else show.explicit
    add(channel, "itunes:explicit", "true" if explicit else "false")
    add(channel, "itunes:type", kind(show, listed))
    if show.complete:
        add(channel, "itunes:complete", "Yes")
    add(channel, "podcast:guid", str(guid))
    add(channel, "podcast:medium", show.medium)
    if show.locked is not None:
        add(channel, "podcast:locked", "yes" if show.locked else "no", owner=show.email)
    if show.licence:
        licence(channel, show.licence)
    add(channel, "podcast:txt", "true" if any(one.facts.synthetic for one in listed) else "false", purpose="ai-content")
    for who in show.people:
        if not who.episodes:
            person(channel, who)
    for episode in listed:
        channel.append(item(show, guid, url, episode))
    return document(root)


def item_file(show: Show, url: str, episode: Episode, file: str = FILE) -> str:
    """`feed-item.xml`: one item in a document of its own, to be put into a feed that somebody else keeps."""
    guid = show.guid or show_guid(show.feed or below(url, file))
    return document(item(show, guid, url, episode))


def _pictures(channel: Element, address: str, title: str, link: str) -> None:
    add(channel, "itunes:image", href=address)
    image = add(channel, "image")
    add(image, "url", address)
    add(image, "title", title)
    add(image, "link", link)


def _categories(channel: Element, names: Sequence[str]) -> None:
    """`Fiction > Drama` is a category in a category."""
    outer: dict[str, Element] = {}
    for name in names:
        above, _, under = (part.strip() for part in name.partition(">"))
        if above not in outer:
            outer[above] = add(channel, "itunes:category", text=None, **{"text_": above})
        if under:
            add(outer[above], "itunes:category", None, text_=under)
