"""Where things are on the web, and what they are called for ever: URLs and GUIDs."""

from __future__ import annotations

import uuid
from urllib.parse import quote, urlsplit, urlunsplit

PODCAST = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace of `podcast:guid`. Source: podcast-namespace, guid."""
_PATH = "/-._~!$&'()*+,;=:@%"  # RFC 3986 pchar and the slash; % so that what is encoded already stays
_QUERY = f"{_PATH}?"
_SEGMENT = "-._~"


def base(url: str) -> str:
    """The URL of a folder: as `page`, and without a slash at its end.

    Raises:
        ValueError: as `page`, or it has a query or a fragment in it.
    """
    found = page(url)
    if "?" in url or "#" in url:
        raise ValueError("a folder's URL has neither ? nor #")
    return found.rstrip("/")


def page(url: str) -> str:
    """`url` with its host in ASCII, and percent-encoded what has to be.

    Raises:
        ValueError: it is no absolute http or https URL, or has a name or a password in it.
    """
    if any(ord(character) <= 32 or character in '<>"\\^`{|}\x7f' for character in url):
        raise ValueError('a URL has no spaces and none of < > " \\ ^ ` { | }')
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it begins with https:// and a host, as in https://example.org/show")
    if parts.username is not None:
        raise ValueError("a name or password in a URL would be published in the feed")
    try:
        host = parts.hostname.encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port is not None else ""
    except (UnicodeError, ValueError):
        raise ValueError(f"'{parts.netloc}' is no host") from None
    if ":" in host:
        host = f"[{host}]"
    query, fragment = quote(parts.query, _QUERY), quote(parts.fragment, _QUERY)
    return urlunsplit((parts.scheme, host + port, quote(parts.path, _PATH), query, fragment))


def below(url: str, *names: str) -> str:
    """The URL of a file: its folders' and its own name, each percent-encoded, under `base(url)`."""
    return "/".join((url, *(quote(name, _SEGMENT) for name in names)))


def show_guid(feed_url: str) -> uuid.UUID:
    """The show's `podcast:guid`: of the feed's URL without scheme and slashes at its end.

    Source: podcast-namespace, guid (UUIDv5).
    """
    return uuid.uuid5(PODCAST, feed_url.split("://", 1)[-1].rstrip("/"))


def item_guid(show: uuid.UUID, slug: str) -> uuid.UUID:
    """An episode's own: of the show and the name of its folder, so a new title or a new render leaves it as it is."""
    return uuid.uuid5(show, slug)
