"""The rules of RSS 2.0, Apple and Podcasting 2.0 as a reader of a feed holds them, written apart from the writer."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from uuid import UUID
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
ATOM = "{http://www.w3.org/2005/Atom}"
_PLAIN = r"[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-F]{2}"
_URL = re.compile(rf"https?://[A-Za-z0-9.:\[\]-]+(/({_PLAIN})*)?")
_PAGE = re.compile(rf"{_URL.pattern}(\?({_PLAIN}|\?)*)?(#({_PLAIN}|\?)*)?")
_PAGES = {f"{PODCAST}person", f"{PODCAST}license", f"{ATOM}link"}
"""Elements whose addresses the show's owner wrote; all others are of files that we name."""
_SRI = re.compile(r"sha384-[A-Za-z0-9+/]{64}")
_TRANSCRIPTS = {"text/plain", "text/html", "text/vtt", "application/json", "application/x-subrip"}
_ONCE = ("title", "guid", "pubDate", "enclosure", "description", f"{ITUNES}duration", f"{ITUNES}explicit")


def read(text: str) -> Element:
    """The channel of a feed that keeps every rule; AssertionError names the first that it breaks."""
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    root = ElementTree.fromstring(text)
    assert root.tag == "rss"
    assert root.get("version") == "2.0"
    (channel,) = root
    check_channel(channel)
    return channel


def check_channel(channel: Element) -> None:
    for tag in ("title", "link", "description", "language", f"{ITUNES}explicit", f"{ITUNES}type", f"{PODCAST}guid"):
        assert one(channel, tag).text, tag
    assert len(said(channel, "description").encode()) <= 4000
    assert re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", said(channel, "language"))
    assert said(channel, f"{ITUNES}explicit") in ("true", "false")
    assert UUID(said(channel, f"{PODCAST}guid")).version in (4, 5)
    assert said(channel, f"{PODCAST}txt") in ("true", "false")
    link = one(channel, f"{ATOM}link")
    assert (link.get("rel"), link.get("type")) == ("self", "application/rss+xml")
    assert channel.find(f"{ITUNES}category") is not None
    items = channel.findall("item")
    assert items
    guids = [said(one_item, "guid") for one_item in items]
    assert len(set(guids)) == len(guids)
    dates = [parsedate_to_datetime(said(one_item, "pubDate")) for one_item in items]
    assert dates == sorted(dates, reverse=True)
    for one_item in items:
        check_item(one_item)
        if said(channel, f"{ITUNES}type") == "serial" and said(one_item, f"{ITUNES}episodeType") == "full":
            assert int(said(one_item, f"{ITUNES}episode")) > 0
    for element in channel.iter():
        for name in ("url", "href", "uri", "img"):
            if name in element.attrib:
                check_url(element.attrib[name], _PAGE if element.tag in _PAGES else _URL)
    check_url(said(channel, "link"), _PAGE)


def check_item(item: Element) -> None:
    for tag in _ONCE:
        one(item, tag)
    assert 0 < len(said(item, "title")) <= 255
    assert len(said(item, "description").encode()) <= 4000
    assert one(item, "guid").get("isPermaLink") == "false"
    assert re.fullmatch(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", said(item, "pubDate"))
    assert said(item, "pubDate")[:3] == parsedate_to_datetime(said(item, "pubDate")).strftime("%a")
    enclosure = one(item, "enclosure")
    assert int(enclosure.attrib["length"]) > 0
    assert enclosure.attrib["type"] in ("audio/mpeg", "audio/x-m4a")
    assert int(said(item, f"{ITUNES}duration")) >= 0
    assert said(item, f"{ITUNES}episodeType") in ("full", "trailer", "bonus")
    for transcript in item.findall(f"{PODCAST}transcript"):
        assert transcript.attrib["type"] in _TRANSCRIPTS
        assert transcript.get("rel") in (None, "captions")
    for person in item.findall(f"{PODCAST}person"):
        assert 0 < len(person.text or "") <= 128
    for bite in item.findall(f"{PODCAST}soundbite"):
        assert float(bite.attrib["startTime"]) >= 0
        assert float(bite.attrib["duration"]) > 0
        assert len(bite.text or "") <= 128
    alternates = item.findall(f"{PODCAST}alternateEnclosure")
    assert [one(other, f"{PODCAST}source").get("uri") for other in alternates if other.get("default") == "true"] == [
        enclosure.attrib["url"]
    ]
    for other in alternates:
        assert len(other.attrib["title"]) <= 32
        integrity = one(other, f"{PODCAST}integrity")
        assert integrity.get("type") == "sri"
        assert _SRI.fullmatch(integrity.attrib["value"])
    assert one(item, f"{PODCAST}txt").get("purpose") == "ai-content"
    assert said(item, f"{PODCAST}txt") in ("true", "false")


def check_url(text: str, known: re.Pattern[str]) -> None:
    assert known.fullmatch(text), text
    assert urlsplit(text).hostname


def one(parent: Element, tag: str) -> Element:
    found = parent.findall(tag)
    assert len(found) == 1, f"{len(found)} times {tag}"
    return found[0]


def said(parent: Element, tag: str) -> str:
    return one(parent, tag).text or ""
