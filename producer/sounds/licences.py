"""What may be done with a sound, from its SPDX licence id.

Conventions: an id counts only as SPDX writes it, case included. `LicenseRef-NAME` is how SPDX names a licence of one's
own (a bought library's terms, say): its author must be named, and that it allows the use is the pack's own promise.
"""

from __future__ import annotations

from producer.errors import nearest
from producer.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """The terms that matter to a drama."""

    spdx: str
    url: str = ""
    attribution: bool = True  # its author must be credited
    noncommercial: bool = False
    noderivatives: bool = False


def _creative_commons() -> dict[str, Licence]:
    kinds = {
        "BY": ("1.0", "2.0", "2.5", "3.0", "4.0"),
        "BY-SA": ("1.0", "2.0", "2.5", "3.0", "4.0"),
        "BY-NC": ("1.0", "2.0", "2.5", "3.0", "4.0"),
        "BY-ND": ("1.0", "2.0", "2.5", "3.0", "4.0"),
        "BY-NC-SA": ("1.0", "2.0", "2.5", "3.0", "4.0"),
        "BY-NC-ND": ("1.0", "2.0", "2.5", "3.0", "4.0"),
    }
    return {
        f"CC-{kind}-{version}": Licence(
            spdx=f"CC-{kind}-{version}",
            url=f"https://creativecommons.org/licenses/{kind.lower()}/{version}/",
            noncommercial="NC" in kind,
            noderivatives="ND" in kind,
        )
        for kind, versions in kinds.items()
        for version in versions
    }


def _free(spdx: str, url: str = "") -> Licence:
    return Licence(spdx=spdx, url=url or f"https://spdx.org/licenses/{spdx}.html", attribution=False)


def _credited(spdx: str) -> Licence:
    return Licence(spdx=spdx, url=f"https://spdx.org/licenses/{spdx}.html")


KNOWN: dict[str, Licence] = {
    "CC0-1.0": _free("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    **{spdx: _free(spdx) for spdx in ("CC-PDDC", "PDDL-1.0", "Unlicense", "0BSD", "WTFPL")},
    **_creative_commons(),
    **{
        spdx: _credited(spdx)
        for spdx in (
            *("MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "MPL-2.0", "ODC-By-1.0", "OGL-UK-3.0"),
            *("GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "LGPL-3.0-or-later"),
            *("LAL-1.2", "LAL-1.3"),
        )
    },
}


def find(spdx: str) -> Licence | None:
    """The licence called `spdx`, or None when it is not one that we know."""
    if spdx.startswith("LicenseRef-") and len(spdx) > len("LicenseRef-"):
        return Licence(spdx=spdx)
    return KNOWN.get(spdx)


def objection(spdx: str, author: str) -> str:
    """Why a sound with this licence and author cannot be used at all, or nothing."""
    if not spdx:
        return "no licence, no sound: add 'licence:' with an SPDX id, such as CC0-1.0"
    licence = find(spdx)
    if licence is None:
        hint = nearest(spdx, KNOWN) or "; write it as SPDX does, such as CC0-1.0, CC-BY-4.0 or LicenseRef-NAME"
        return f"unknown licence '{spdx}'{hint}"
    if licence.attribution and not author:
        return f"{spdx} asks for its author to be named: add 'author:'"
    return ""
