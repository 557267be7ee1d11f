"""What a pack.yaml says -> a Pack, or every problem that keeps it from being one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from producer.bounds import BOUNDS, how_to_raise
from producer.errors import PackError, Place, Problem, nearest
from producer.model.foley import Recipe
from producer.model.sound import Kind
from producer.sounds import licences, paths, quantity
from producer.sounds.document import Items, Node, Pairs, Text, parse
from producer.sounds.known import Recipes
from producer.sounds.manifest import FileEntry, Head, LayerEntry, Role, SoundEntry, Words, validated
from producer.sounds.pack import PACE, Credit, FileSource, FoleySource, Layer, Member, Pack, PackSound

if TYPE_CHECKING:
    from pydantic import TypeAdapter

VARIATIONS = 6
"""How many variations of a foley sound there are when the pack does not say: enough for a walk not to repeat."""


def pack_of(text: str, folder: Path, file: str, recipes: Recipes) -> Pack:
    """The pack in `folder` whose pack.yaml, `file` in messages, says `text`. Raises PackError with all problems."""
    return _Reader(folder, file, recipes).pack(parse(text, file))


@dataclass
class _Reader:
    folder: Path
    file: str
    recipes: Recipes
    problems: list[Problem] = field(default_factory=list)
    wanting: dict[str, list[Text]] = field(default_factory=dict)
    """What the pack's own licence and author leave wanting -> the roles that have none of their own."""

    def pack(self, root: Pairs) -> Pack:
        head = validated(Head, root, also=("sounds", "words"))
        if not isinstance(head, Head):
            self.problems += head
            head = _as_said(root)
        unknown = bool(head.licence) and licences.find(head.licence) is None
        if unknown:
            self._licence(head.licence, head.author, _key(root, "licence"))
        sounds: dict[str, PackSound] = {}
        for role, node in self._entries(root):
            sound = self._sound(role, node, head)
            if sound is not None:
                sounds[sound.role] = sound
        for what, roles in self.wanting.items():
            if not unknown and not _misread(root):  # told once, where one line mends it for all
                top = _key(root, "licence" if head.licence else "pack")
                at = roles[0].place if len(roles) == 1 and not head.licence else top
                self._problem(at, what + _without(roles))
        names = self._names(sounds)
        words = self._words(root, names)
        if self.problems:
            raise PackError(self.problems)
        return Pack(
            name=head.pack,
            version=head.version,
            title=head.title or head.pack,
            author=head.author,
            licence=head.licence,
            homepage=head.homepage,
            folder=self.folder,
            place=_key(root, "pack"),
            sounds=sounds,
            names=names,
            words=words,
        )

    def _words(self, root: Pairs, names: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
        found = validated(Words, root, also=("sounds", *Head.model_fields))
        if not isinstance(found, Words):
            self.problems += found
            return {}
        for name in found.words if not self.problems else ():
            if name not in names:
                at = _key(_child(root, "words"), name)
                self._problem(at, f"words: this pack has no sound '{name}'{nearest(name, names)}")
        return found.words

    def _entries(self, root: Pairs) -> Iterator[tuple[Text, Node]]:
        sounds = root.get("sounds")
        if not isinstance(sounds, Pairs) or not sounds.pairs:
            at = sounds.place if sounds is not None else root.place
            self._problem(at, "a pack has 'sounds:', a mapping of roles to what fills them")
            return
        yield from sounds.pairs

    def _names(self, sounds: Mapping[str, PackSound]) -> dict[str, str]:
        names = {role: role for role in sounds}
        for sound in sounds.values():
            for alias in sound.aliases:
                if alias in names:
                    self._problem(sound.place, f"the alias '{alias}' is already the name of '{names[alias]}'")
                else:
                    names[alias] = sound.role
        return names

    def _sound(self, role: Text, node: Node, head: Head) -> PackSound | None:
        before = len(self.problems)
        try:
            _checked_role(role.text)
        except ValueError as wrong:
            self._problem(role.place, str(wrong))
        self._recipe_of(node)
        entry = validated(SoundEntry, node)
        if not isinstance(entry, SoundEntry):
            self.problems += entry
            return None
        kind: Kind = entry.kind or (self.recipes[entry.foley].kind if entry.foley in self.recipes else "hit")
        members = self._members(entry, role, node, head, kind)
        if len(self.problems) > before:
            return None
        made = [layer.source for layer in members[0].layers if isinstance(layer.source, FoleySource)]
        recipes = [self.recipes[source.recipe] for source in made]
        if entry.loop and len(made) == len(members[0].layers) and all(recipe.ambience for recipe in recipes):
            at = _key(node, "loop")
            self._problem(at, f"'{made[0].recipe}' is made without end: 'loop' is for what is recorded")
            return None
        return PackSound(
            role=role.text,
            title=entry.title or role.text.replace("_", " "),
            kind=kind,
            members=members,
            place=role.place,
            ucs=entry.ucs,
            aliases=entry.aliases,
            pace=entry.pace or (PACE if kind == "steps" else None),
            vary_pitch_cents=entry.vary.pitch,
            vary_level_db=entry.vary.level,
            sustains=any(recipe.sustains or recipe.hit is None for recipe in recipes),
            settings=_ranges(recipes),
            resting=_resting(made, recipes),
            loop_s=(entry.loop.start, entry.loop.end) if entry.loop else None,
            loop_at=_key(_child(node, "loop"), "end") if entry.loop else None,
        )

    def _members(self, entry: SoundEntry, role: Text, node: Node, head: Head, kind: Kind) -> tuple[Member, ...]:
        if entry.files is not None:
            if entry.variations is not None:
                at = _key(node, "variations")
                self._problem(at, "'variations' counts what a recipe makes; recordings are as many as there are files")
            nodes = _child(node, "files")
            found = self._files(entry.files, nodes, entry, role, head)
            each = nodes.items if isinstance(nodes, Items) else (nodes,) * len(entry.files)
            own = {id(one): _key(there, "onset") for one, there in zip(entry.files, each, strict=True)}
            return tuple(
                Member(
                    layers=(Layer(source=source),),
                    weight=written.weight,
                    onset_s=entry.onset if written.onset is None else written.onset,
                    onset_at=_key(node, "onset") if written.onset is None else own[id(written)],
                )
                for written, source in found
            )
        if entry.foley:
            layers = (self._foley(entry.foley, node, entry, role, head),)
            pools: list[list[Layer]] = [[Layer(source=source)] for source in layers if source]
        else:
            pools = self._layers(entry, role, node, head)
        if not pools or not all(pools):
            return ()
        made = any(isinstance(pool[0].source, FoleySource) for pool in pools)
        # Every recording of every layer is heard in one variation or another.
        fewest = VARIATIONS if made and kind != "bed" else 1
        count = entry.variations or max(fewest, *map(len, pools))
        return tuple(
            Member(
                layers=tuple(pool[number % len(pool)] for pool in pools),
                onset_s=entry.onset,
                onset_at=_key(node, "onset"),
            )
            for number in range(count)
        )

    def _layers(self, entry: SoundEntry, role: Text, node: Node, head: Head) -> list[list[Layer]]:
        nodes = _child(node, "layers")
        pools: list[list[Layer]] = []
        for number, written in enumerate(entry.layers or ()):
            there = nodes.items[number] if isinstance(nodes, Items) else nodes
            pools.append(
                [
                    Layer(source=source, level_db=written.level, delay_s=written.delay)
                    for source in self._layer(written, there, entry, role, head)
                ]
            )
        return pools

    def _layer(
        self, written: LayerEntry, node: Node, entry: SoundEntry, role: Text, head: Head
    ) -> list[FileSource | FoleySource]:
        if written.files is not None:
            return [source for _, source in self._files(written.files, _child(node, "files"), entry, role, head)]
        made = self._foley(written.foley, node, entry, role, head)
        return [made] if made else []

    def _files(
        self, written: tuple[FileEntry, ...], nodes: Node, entry: SoundEntry, role: Text, head: Head
    ) -> list[tuple[FileEntry, FileSource]]:
        found: list[tuple[FileEntry, FileSource]] = []
        seen: set[Path] = set()
        for number, one in enumerate(written):
            node = nodes.items[number] if isinstance(nodes, Items) else nodes
            at = _child(node, "file").place
            credit = self._credit(entry, role, head, one)
            self._allowed(credit, role, entry, at, _key(node, "licence") if one.licence else None)
            try:
                matches = paths.files_inside(self.folder, one.file)
            except ValueError as wrong:
                self._problem(at, str(wrong))
                continue
            if len(matches) + len(found) > BOUNDS.pack_files:
                what = f"with these the pool has more than {BOUNDS.pack_files:g} files"
                self._problem(at, f"{what} ({how_to_raise('pack_files')})")
                return found
            for inside, path in matches:
                if path in seen:
                    if not paths.GLOB.search(one.file):
                        self._problem(at, f"'{inside}' is in this pool already; give it a 'weight' instead")
                    continue
                seen.add(path)
                found.append((one, FileSource(path=path, inside=inside, credit=credit, place=at)))
        return found

    def _foley(self, name: str, node: Node, entry: SoundEntry, role: Text, head: Head) -> FoleySource | None:
        credit = self._credit(entry, role, head)
        self._allowed(credit, role, entry, role.place, None)
        recipe = self.recipes.get(name)
        if recipe is None:
            return None  # `_recipe_of` has said so
        settings: list[tuple[str, float]] = []
        knobs = _child(node, "settings")
        for key, value in knobs.pairs if isinstance(knobs, Pairs) else ():
            if key.text in recipe.settings and isinstance(value, Text):
                try:
                    settings.append((key.text, quantity.setting_value(value.text, recipe.settings[key.text])))
                except ValueError:
                    continue  # `_recipe_of` has said so
        return FoleySource(
            recipe=name, settings=tuple(sorted(settings)), credit=credit, place=_child(node, "foley").place
        )

    def _recipe_of(self, node: Node) -> None:
        """What is wrong with recipes, knobs and their values, wherever they stand; shapes are checked elsewhere."""
        if not isinstance(node, Pairs):
            return
        name, knobs, layers = node.get("foley"), node.get("settings"), node.get("layers")
        if isinstance(name, Text) and name.text:
            recipe = self.recipes.get(name.text)
            if recipe is None:
                self._problem(name.place, f"no foley recipe is called '{name.text}'{nearest(name.text, self.recipes)}")
            elif isinstance(knobs, Pairs):
                for key, value in knobs.pairs:
                    if key.text not in recipe.settings:
                        hint = nearest(key.text, recipe.settings)
                        self._problem(key.place, f"'{name.text}' has no setting '{key.text}'{hint}")
                    elif isinstance(value, Text):
                        try:
                            quantity.setting_value(value.text, recipe.settings[key.text])
                        except ValueError as wrong:
                            self._problem(value.place, f"{key.text}: {wrong}")
        if isinstance(layers, Items):
            for layer in layers.items:
                self._recipe_of(layer)

    def _credit(self, entry: SoundEntry, role: Text, head: Head, file: FileEntry | None = None) -> Credit:
        """The nearest that is said. Who has a licence of their own has an author of their own."""
        near = [level for level in (file, entry, head) if level is not None]
        licensed = next((number for number, level in enumerate(near) if level.licence), len(near) - 1)
        author = next((level.author for level in near[: licensed + 1] if level.author), "")
        parts = [part for part in (file, entry) if part is not None]
        return Credit(
            title=next((part.title for part in parts if part.title), role.text.replace("_", " ")),
            author=author,
            licence=near[licensed].licence,
            source=next((part.source for part in parts if part.source), "") or head.homepage,
            changed=next((part.changed for part in parts if part.changed), ""),
        )

    def _allowed(self, credit: Credit, role: Text, entry: SoundEntry, at: Place, own: Place | None) -> None:
        """What is wrong with a licence: at the licence itself, or kept for the pack's head when it is the pack's."""
        wrong = licences.objection(credit.licence, credit.author)
        if wrong and (own or entry.licence):
            self._problem(own or at, wrong)
        elif wrong:
            roles = self.wanting.setdefault(wrong, [])
            if role not in roles:
                roles.append(role)

    def _licence(self, spdx: str, author: str, at: Place) -> None:
        wrong = licences.objection(spdx, author)
        if wrong:
            self._problem(at, wrong)

    def _problem(self, at: Place, what: str) -> None:
        self.problems.append(Problem(at, what))


@lru_cache(maxsize=1)
def _role() -> TypeAdapter[str]:
    from pydantic import TypeAdapter

    return TypeAdapter(Role)


def _checked_role(text: str) -> None:
    from pydantic import ValidationError

    try:
        _role().validate_python(text)
    except ValidationError as wrong:
        raise ValueError(wrong.errors()[0]["msg"].removeprefix("Value error, ")) from None


def _without(roles: list[Text]) -> str:
    if len(roles) < 2:
        return ""
    shown = ", ".join(f"'{role.text}'" for role in roles[:3])
    return f" (for {shown}{f' and {len(roles) - 3} more' if len(roles) > 3 else ''})"


def _ranges(recipes: list[Recipe]) -> dict[str, tuple[float, float]]:
    """What a cue may set: each knob within what every layer that has it allows."""
    ranges: dict[str, tuple[float, float]] = {}
    for recipe in recipes:
        for name, setting in recipe.settings.items():
            low, high = ranges.get(name, (setting.low, setting.high))
            ranges[name] = (max(low, setting.low), min(high, setting.high))
    return {name: (low, high) for name, (low, high) in ranges.items() if low <= high}


def _resting(made: list[FoleySource], recipes: list[Recipe]) -> dict[str, float]:
    """Where each knob is when a cue says nothing; of several layers that have it, the first one's."""
    resting: dict[str, float] = {}
    for source, recipe in zip(made, recipes, strict=True):
        resting = {**recipe.filled(dict(source.settings)), **resting}
    return resting


def _as_said(root: Pairs) -> Head:
    """A head in which something is wrong, as far as it can be read: the rest is checked against what it says."""
    said: dict[str, Any] = {name: there.text for name in Head.model_fields if isinstance(there := root.get(name), Text)}
    said.setdefault("pack", "")
    return Head.model_construct(**said)


def _misread(root: Pairs) -> bool:
    """Whether a licence or an author may stand there in a way that could not be read, which is told."""
    strange = any(key.text not in {*Head.model_fields, "sounds", "words"} for key, _ in root.pairs)
    return strange or any(root.get(name) and not isinstance(root.get(name), Text) for name in ("licence", "author"))


def _child(node: Node, name: str) -> Node:
    found = node.get(name) if isinstance(node, Pairs) else None
    return node if found is None else found


def _key(node: Node, name: str) -> Place:
    if isinstance(node, Pairs):
        for key, value in node.pairs:
            if key.text == name:
                return value.place
    return node.place
