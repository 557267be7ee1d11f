"""What moves fast is in a session as it is in the mix: sounds bent around their hits, voices not at all."""

import zipfile
from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from producer.mix.doppler import doppler
from producer.model.script import Member
from producer.model.sound import SoundRef
from producer.model.timeline import Clip, Part, Ramp
from producer.model.voice import Phrase, Take
from producer.session import Episode, write
from tests import otio_helpers as edl
from tests import session_helpers as reaper
from tests.dawproject_helpers import Played
from tests.mix_helpers import Sounds, clip, hit, noise, script, timeline
from tests.test_session import RATE_HZ, SAID, SAMPLES, dbfs, dry, phrases, s

NULL_DBFS = -70.0
CAR, HOOF = noise(RATE_HZ * 2, 1, "car", 0.2), noise(RATE_HZ // 4, 2, "hoof", 0.2)


def way(*points: tuple[float, float]) -> Ramp:
    return Ramp(tuple((s(seconds), metres) for seconds, metres in points))


def part(start: float, length: float, hit: float, role: str = "car", **rest: object) -> Part:
    return Part(start=s(start), length=s(length), hit=s(hit), sound=SoundRef(role=role), **rest)  # type: ignore[arg-type]


def movers() -> list[Clip]:
    running, coming, passing = (
        way((1.0, 30.0), (2.5, 1.0)),
        way((1.0, 12.0), (3.0, 0.5)),
        way((4.0, 40.0), (5.0, 3.0), (6.0, 40.0)),
    )
    gallop = tuple(part(1.0 + 0.2 * n, 0.25, 1.05 + 0.2 * n, "hoof", gain_db=-n) for n in range(6))
    inside = (part(0.3, 1.0, 0.9, skip=s(0.4)),)  # begins within its sound, and less of it than there is
    leaving = (part(9.0, 1.5, 9.6, skip=s(0.01)),)  # what of it comes late is beyond its end
    return [
        phrases("running", 1.0, SAID, 0.3, distance=running, pan=Ramp(((s(1), -90.0), (s(2), 20.0)))),
        phrases("called", 4.0, SAID, 0.3, distance=way((4.0, 1.0), (5.9, 40.0)), treat="tannoy"),
        hit("car", s(1), CAR, distance=coming),
        hit("car", s(4), CAR, distance=passing, parts=(part(4.0, 2.0, 5.0),), pan=Ramp(((s(4), -80.0), (s(6), 80.0)))),
        hit("car", s(7), CAR, distance=way((7.0, 30.0), (9.0, 2.0)), treat="radio"),
        clip("sound", "hoof", s(1), s(2.2), parts=gallop, id="gallop", distance=way((1.0, 20.0), (2.2, 1.0))),
        clip("sound", "car", s(0.3), s(1.3), parts=inside, id="inside", distance=way((0.3, 15.0), (1.3, 1.0))),
        clip("sound", "car", s(9), s(10.5), parts=leaving, id="leaving", distance=way((9.0, 1.0), (10.5, 40.0))),
        clip("bed", "hoof", s(7), s(8.2), parts=tuple(one.shifted(s(6)) for one in gallop), strikes=True, duck=False,
             id="strikes", distance=way((7.0, 20.0), (8.2, 1.0))),
    ]  # fmt: skip


def episode() -> Episode:
    take = Take(phrases=tuple(Phrase(audio, ()) for audio in SAID), source={}, wpm=150.0)
    return Episode(
        slug="fast",
        timeline=timeline(movers(), SAMPLES, RATE_HZ),
        script=script(cast={"ann": Member(key="ann", name="Ann", voice="")}),
        takes={(line, 0): take for line in ("running", "called")},
        palette=Sounds(RATE_HZ, {"car": CAR, "hoof": HOOF}),
    )


Buses = Mapping[str, NDArray[np.float64]]


@pytest.fixture(scope="module")
def stems() -> Buses:
    return dry(episode())


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Buses]:
    made = tmp_path_factory.mktemp("fast")
    folder = made / "session"
    write(folder, episode(), ["rpp", "dawproject", "otio"], work=made / "work")
    with zipfile.ZipFile(folder / "fast.dawproject") as archive:
        return {
            "rpp": reaper.buses(reaper.read((folder / "fast.rpp").read_text("utf-8")), folder, RATE_HZ, SAMPLES),
            "dawproject": Played(archive, RATE_HZ, SAMPLES).buses(),
            "otio": edl.buses(folder / "fast.otio", SAMPLES),
        }


def test_all_of_them_are_fast() -> None:
    assert all(doppler(one.distance, RATE_HZ) is not None for one in movers())


@pytest.mark.parametrize("format_", ["rpp", "dawproject", "otio"])
@pytest.mark.parametrize("stem", ["speech", "sounds", "beds_freed"])
def test_what_moves_fast_nulls_against_the_mix(
    played: Mapping[str, Buses], stems: Buses, format_: str, stem: str
) -> None:
    name = stem if format_ == "otio" else {"beds_freed": "beds that do not give way"}.get(stem, stem)
    assert dbfs(stems[stem]) > -30.0
    assert dbfs(played[format_][name] - stems[stem]) < NULL_DBFS
