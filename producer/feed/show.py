"""What `feed.yaml` says of a show. All of it may be missing; what is, comes from the episodes."""

from __future__ import annotations

import re
import uuid
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from producer.feed.address import page
from producer.feed.moment import moment
from producer.model.language import TAG

LICENCES = frozenset(
    ("arr", "cc0-1.0", *(f"cc-by{terms}-4.0" for terms in ("", "-sa", "-nc", "-nd", "-nc-sa", "-nc-nd")))
)
"""Slugs that need no address beside them. Source: podcast-namespace, licenses.json (SPDX ids in lower case)."""
_TIME = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")


def _day(text: str) -> str:
    moment(text)
    return text


def _time(text: str) -> str:
    if not _TIME.fullmatch(text):
        raise ValueError(f"'{text}' is no time; write hours and minutes, as in 18:30 (UTC)")
    return text


def _email(text: str) -> str:
    name, at, host = text.partition("@")
    if not (name and at and "." in host) or any(c.isspace() or c in '<>",' for c in text):
        raise ValueError(f"'{text}' is no e-mail address")
    return text


Url = Annotated[str, AfterValidator(page)]
Day = Annotated[str, AfterValidator(_day)]
Name = Annotated[str, Field(min_length=1, max_length=128)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(_Part):
    """Somebody who made the show, or one episode of it."""

    name: Name
    group: Name = "Cast"
    role: Name
    href: Url | None = None
    img: Url | None = None
    episodes: tuple[str, ...] = ()  # folders' names; none: the whole show


class Licence(_Part):
    """A licence by a slug of the namespace's list, or by one's own name with its address."""

    name: Name
    url: Url | None = None


class Show(_Part):
    """The keys of `feed.yaml`, with their defaults."""

    title: str | None = None
    description: str | None = None
    link: Url | None = None
    feed: Url | None = None  # where the feed is read, when that is not `feed.xml` under `--url`
    guid: uuid.UUID | None = None
    language: Annotated[str, Field(pattern=f"^{TAG.pattern}$")] | None = None
    author: str | None = None
    email: Annotated[str, AfterValidator(_email)] | None = None
    image: str | None = None  # a file in the folder
    categories: tuple[Name, ...] = ("Fiction > Drama",)
    explicit: bool | None = None
    type: Literal["serial", "episodic"] | None = None
    medium: Literal["podcast", "audiobook", "music"] = "podcast"
    licence: Licence | None = None
    copyright: str | None = None
    locked: bool | None = None
    complete: bool = False
    people: tuple[Person, ...] = ()
    time: Annotated[str, AfterValidator(_time)] = "00:00"
    dates: dict[str, Day] = Field(default_factory=dict)  # folder's name -> in place of the script's date
    trailers: tuple[str, ...] = ()
    bonus: tuple[str, ...] = ()
