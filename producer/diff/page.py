"""The differences as a page to hear A and B at each place: one file, nothing from anywhere but the two sounds."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from producer.diff import report
from producer.templates import templates

BEFORE_S, AFTER_S = 1.0, 1.0
"""How much is heard before and after a place."""


def html(found: Mapping[str, Any], title: str, sounds: tuple[str, str]) -> str:
    """The page; the same values give the same page.

    Args:
        found: what `compare.document` says.
        sounds: A's and B's sound file, by paths relative to the page with `/` between folders.
    """
    environment = templates("producer.diff")
    script = environment.loader.get_source(environment, "diff.js")[0] if environment.loader else ""
    return environment.get_template("diff.html").render(
        title=title,
        a=found["a"],
        b=found["b"],
        same=found["same"],
        summary=report.summary(found),
        whole=[report.change(one) for one in found["whole"]],
        items=[_row(one) for one in found["items"]],
        sounds=[("A", _address(sounds[0])), ("B", _address(sounds[1]))],
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _address(path: str) -> str:
    """A relative path as an address: `./` first, so that no name is taken for a scheme or a host."""
    return "./" + "/".join(quote(part, safe="") for part in path.split("/"))


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "state": one["state"],
        "heading": report.heading(one),
        "changes": [report.change(each) for each in one["changes"]],
        "spans": [(name, _span(one[name.lower()])) for name in ("A", "B")],
    }


def _span(side: Mapping[str, Any] | None) -> tuple[float, float] | None:
    if side is None:
        return None
    return round(max(0.0, side["start_s"] - BEFORE_S), 3), round(side["end_s"] + AFTER_S, 3)
