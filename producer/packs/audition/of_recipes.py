"""The audition of the recipes themselves: each at rest, then each knob at either end of its range."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from producer import cache as entries
from producer.errors import UsageError, nearest
from producer.model import chance
from producer.model.foley import Recipe
from producer.packs.audition import facts
from producer.packs.audition.of_pack import KINDS
from producer.packs.audition.sheet import Entry, Heard, Part, Sheet, Take, cut_out
from producer.sounds.beds import EndlessBed
from producer.sounds.making import code_digest

SEED = "audition of recipes"
RESTING = 3
"""How many takes of a hit at rest: what chance alone does to it."""
BED_S, KNOB_S = 12.0, 6.0


def recipes_sheet(recipes: Mapping[str, Recipe], names: Collection[str] = (), *, rate_hz: int) -> Sheet:
    """The page of all recipes, or of those named. Raises UsageError for a name that there is not."""
    for name in names:
        if name not in recipes:
            raise UsageError(f"there is no recipe '{name}'{nearest(name, recipes)}")
    chosen = [recipe for name, recipe in recipes.items() if not names or name in names]
    return Sheet(
        title="Foley recipes",
        name="recipes",
        facts=(("recipes", str(len(chosen))),),
        entries=tuple(_entry(recipe, rate_hz) for kind in KINDS for recipe in chosen if recipe.kind == kind),
    )


def _entry(recipe: Recipe, rate_hz: int) -> Entry:
    lasts = (("length", "as long as a cue asks"),) if recipe.sustains else ()
    return Entry(
        name=recipe.name,
        title=recipe.says,
        kind=recipe.kind,
        facts=lasts,
        parts=(Part(how="foley", what=recipe.name, knobs=facts.knobs(recipe, {})),),
        takes=tuple(_takes(recipe, rate_hz)),
    )


def _takes(recipe: Recipe, rate_hz: int) -> Iterator[Take]:
    if recipe.ambience is not None:
        yield _take(recipe, {}, 0, "at rest", rate_hz, wide=True)
    else:
        for number in range(RESTING):
            yield _take(recipe, {}, number, f"at rest {number + 1}", rate_hz)
    for name, setting in recipe.settings.items():
        for end in (setting.low, setting.high):
            if end != setting.default:
                yield _take(
                    recipe, {name: end}, 0, f"{name} {end:g}{' ' if setting.unit else ''}{setting.unit}", rate_hz
                )


def _take(
    recipe: Recipe, given: Mapping[str, float], number: int, label: str, rate_hz: int, *, wide: bool = False
) -> Take:
    values = recipe.filled(given)
    seed = chance.seed(SEED, recipe.name, number)

    def make() -> Heard:
        if recipe.ambience is not None:
            bed = EndlessBed(recipe.ambience, values, rate_hz, seed)
            return Heard(audio=cut_out(bed.read(0, round((KNOB_S if given else BED_S) * rate_hz)), rate_hz))
        assert recipe.hit is not None  # a recipe is one or the other
        made = recipe.hit(values, None, rate_hz, seed)
        return Heard(audio=made.audio, onset=made.onset)

    code = code_digest(recipe.hit or recipe.ambience)
    return Take(label=label, name=entries.key(SEED, recipe.name, values, seed, code, wide), make=make, wide=wide)
