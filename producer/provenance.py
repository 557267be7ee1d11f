"""What an episode is made of, gathered from the render itself; and the manifest of what it made."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from producer import __version__
from producer.deliver import ffmpeg, lame, manifest
from producer.deliver.files import Staging
from producer.deliver.manifest import Facts, MadeOf
from producer.digests import CHANGED, sha256_of
from producer.errors import Place, Problem, RenderError, ScriptError
from producer.installed import version
from producer.model.formats import Format
from producer.model.mixes import MixStyle
from producer.model.script import Script
from producer.model.sound import Origin
from producer.production import Order, Placed
from producer.project import Project
from producer.voice import VOICES

PACK_FILE = "pack.yaml"
LIBRARIES = (
    *("numpy", "scipy", "soxr", "pedalboard", "soundfile", "pyttsx3", "espeakng-loader", "imageio-ffmpeg"),
    *("lameenc", "mutagen", "pillow", "babel", "unicode-rbnf"),
)
"""Those that have a part in the bytes that are written."""


def made_of(placed: Placed, order: Order, origins: Sequence[Origin]) -> MadeOf:
    """What shapes the standard mix. Raises RenderError when a file that was just read cannot be read any more.

    Args:
        origins: the sounds that are heard, as in the credits.
    """
    script = placed.script
    sources = {clip.source["voice"] for clip in placed.timeline.clips if "voice" in clip.source}
    try:
        inputs = tuple(_inputs(placed, order.project, origins))
    except OSError as found:
        raise RenderError(f"cannot read {found.filename}: {found.strerror}") from None
    return MadeOf(
        inputs=inputs,
        voices=manifest.voices(placed.timeline, script, {source: _voice(source) for source in sorted(sources)}),
        sounds=manifest.sounds(origins),
        settings={
            "profile": placed.profile.name,
            "rate_hz": placed.profile.rate_hz,
            "language": script.language,
            "packs": list(placed.filled),
            "seed": script.seed,
        },
        versions=versions(),
    )


def write_manifest(
    staging: Staging, title: str, made: MadeOf, order: Order, styles: Iterable[MixStyle], kinds: Iterable[Format]
) -> None:
    """Write the manifest of everything that is staged; to be called when nothing else will be. Raises RenderError."""
    asked: dict[str, Any] = {
        "mixes": [style.name for style in styles],
        "formats": [kind.name for kind in kinds],
        "stems": order.stems,
        "session": list(order.session),
    }
    try:
        if order.sofa is not None:
            head = order.project.named(order.sofa.as_posix())
            asked["head"] = {"file": head, "sha256": sha256_of(order.sofa), "bytes": order.sofa.stat().st_size}
        with ThreadPoolExecutor(order.jobs) as pool:
            outputs = list(pool.map(lambda one: _output(staging, *one), staging.files()))
    except OSError as found:
        raise RenderError(f"cannot read {found.filename}: {found.strerror}") from None
    staging.text(manifest.FILE, manifest.text(title, made, asked, outputs))


def _inputs(placed: Placed, project: Project, origins: Sequence[Origin]) -> Iterator[Facts]:
    """Every file that is heard, or says what is heard, once: scripts, recorded takes and rooms, a cover, packs."""
    script = placed.script
    yield _fact("script", project.named(script.file), script.sha256, script.size_bytes)
    for one in script.brought:
        yield _fact("brought", project.named(one.file), one.sha256, one.size_bytes)
    takes = {clip.source["take"]: clip.source["sha256"] for clip in placed.timeline.clips if "take" in clip.source}
    for take, sha256 in sorted(takes.items()):
        yield _fact("take", take, sha256, (project.root / take).stat().st_size)
    rooms = {room.impulse: room.sha256 for room in script.rooms.values() if room.impulse is not None}
    for impulse, sha256 in sorted(rooms.items()):
        yield _fact("impulse", impulse, sha256, (project.root / impulse).stat().st_size)
    if script.cover:
        cover = project.root / script.cover
        yield _fact("cover", script.cover, sha256_of(cover), cover.stat().st_size)
    heard = {(origin.pack, origin.file): origin.sha256 for origin in origins}
    folders, written = placed.palette.folders, placed.palette.written
    for pack in sorted({pack for pack, _ in heard} & written.keys()):
        yield _fact("pack", PACK_FILE, *written[pack], pack)
    for (pack, file), sha256 in sorted(heard.items()):
        if file:
            yield _fact("sound", file, sha256, (folders[pack] / file).stat().st_size, pack)


def check_cover(script: Script, project: Project, made: MadeOf) -> None:
    """Raise ScriptError when the cover is not the file any more of which the manifest tells: another may be shown."""
    known = [str(one["sha256"]) for one in made.inputs if one["kind"] == "cover"]
    try:
        same = all(sha256_of(project.root / script.cover) == sha256 for sha256 in known)
    except OSError:
        same = False
    if not same:
        raise ScriptError([Problem(script.cover_place or Place(script.file), f"cover: {script.cover} {CHANGED}")])


def _fact(kind: str, file: str, sha256: str, size_bytes: int, pack: str = "") -> Facts:
    where = {"pack": pack} if pack else {}
    return {"kind": kind, **where, "file": file, "sha256": sha256, "bytes": size_bytes}


def _voice(source: str) -> dict[str, str]:
    engine, _, name = source.partition(":")
    return VOICES[engine].made_of(name)


def versions() -> dict[str, str]:
    """Of the program, the encoders and the libraries that have a part in what is written, by their names."""
    own_lame = {"lame": lame.version()} if lame.available() else {}
    return {"producer": __version__, "ffmpeg": _ffmpeg(), **own_lame, **_versions()}


def _versions() -> Mapping[str, str]:
    """Of the libraries that are there."""
    found = {}
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):  # one that only some systems have
            found[name] = version(name)
    return found


def _ffmpeg() -> str:
    """Its version, as its file is called; else what names it."""
    named = ffmpeg.identity()
    found = re.search(r"\d+(\.\d+)+", named.rpartition(" ")[0])
    return found[0] if found else named


def _output(staging: Staging, name: str, path: Path) -> Facts:
    return {"file": name, "sha256": staging.sum(path), "bytes": path.stat().st_size}
