"""The listening page as the studio serves it: with its own panel, and a policy for both."""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

from producer import page, paging, render
from producer.page.data import safe_json
from producer.page.values import Mix
from producer.studio.states import State, Version

_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">\n?')
_OWN = re.compile(r"(script|style)-src ('sha256-[A-Za-z0-9+/=]+')")


def audio(version: Version) -> str:
    """Where a version is heard, from the page."""
    return f"audio/{version.number}.wav"


def waiting(token: str, state: State) -> tuple[str, str]:
    """A page until there is something to hear, and its policy."""
    return _dressed(_template("waiting.html"), token, state)


def live(version: Version, token: str, state: State) -> tuple[str, str]:
    """The page of a version that is heard, but not finished yet, and its policy."""
    placed = version.desk.placed
    mix = Mix(name="standard", title="Full mix", says="Everything, as it was written", file=audio(version))
    shown = paging.shown(placed.script, placed.timeline, (mix,), None, render.named_in(placed), None)
    return _dressed(page.html(shown), token, state)


def finished(text: str, token: str, state: State) -> tuple[str, str]:
    """The page that lies in the output folder, and its policy."""
    return _dressed(text, token, state)


def asset(name: str) -> bytes:
    """The panel's style sheet or program."""
    return _template(name).encode()


def _template(name: str) -> str:
    return (resources.files("producer.studio") / "templates" / name).read_text("utf-8")


def _dressed(text: str, token: str, state: State) -> tuple[str, str]:
    found = _POLICY.search(text)
    own = dict(_OWN.findall(found[1])) if found else {}
    policy = (
        f"default-src 'none'; script-src 'self' {own.get('script', '')}; style-src 'self' {own.get('style', '')}; "
        "img-src 'self' data:; media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    about: dict[str, Any] = {"token": token, "state": state.told()}
    head = '<link rel="stylesheet" href="/studio.css">\n</head>'
    foot = (
        f'<script type="application/json" id="studio-data">{safe_json(about)}</script>\n'
        '<script src="/panel.js"></script>\n</body>'
    )
    text = text.replace(found[0], "", 1) if found else text
    before, _, rest = text.partition("</head>")
    body, _, end = rest.rpartition("</body>")
    return f"{before}{head}{body}{foot}{end}", policy
