"""Which packs there are, and which of them fills a role."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import overload

from producer.cache import Cache
from producer.errors import PackError, Place, Problem, RenderError, nearest
from producer.frozen import dataclass
from producer.model.foley import Recipe
from producer.model.sound import Catalogue, Sound, Use
from producer.sounds import licences
from producer.sounds.known import MANIFEST, read_pack
from producer.sounds.named import is_named, named_pack
from producer.sounds.pack import Pack, PackSound


class Unlisted(Sequence[Pack]):
    """Packs that are found and sound, but not listed: read when first asked for, which is who misses a role.

    Args:
        read: gives them.
    """

    def __init__(self, read: Callable[[], Iterable[Pack]]) -> None:
        self._read = read

    @cached_property
    def _packs(self) -> tuple[Pack, ...]:
        return tuple(self._read())

    def __len__(self) -> int:
        return len(self._packs)

    @overload
    def __getitem__(self, index: int) -> Pack: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Pack, ...]: ...
    def __getitem__(self, index: int | slice) -> Pack | tuple[Pack, ...]:
        return self._packs[index]


class _Elsewhere(Mapping[str, tuple[str, ...]]):
    """Roles that only packs that are not listed fill -> those packs' names; looked for when first asked for."""

    def __init__(self, others: Sequence[Pack], listed: Set[str]) -> None:
        self._others, self._listed = others, listed

    @cached_property
    def _found(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for pack in self._others:
            for name in pack.names:
                if name not in self._listed:
                    found.setdefault(name, []).append(pack.name)
        return {name: tuple(sorted(where)) for name, where in sorted(found.items())}

    def __getitem__(self, role: str) -> tuple[str, ...]:
        return self._found[role]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packs:
    """The packs of an episode, in the order in which they are asked, and what else could be had."""

    listed: tuple[Pack, ...]
    others: Sequence[Pack] = ()  # found and sound, but not listed
    missing: tuple[str, ...] = ()  # listed by the script but nowhere found
    found: tuple[str, ...] = field(default=())  # the names of all that can be listed
    unread: tuple[Problem, ...] = ()  # what is wrong in those that are listed and cannot be read

    def whole(self) -> Packs:
        """The same. Raises PackError with every problem of what is listed and cannot be read."""
        if self.unread:
            raise PackError(self.unread)
        return self

    def find(self, name: str) -> tuple[Pack, PackSound] | None:
        """The first pack's sound that fills the role (or alias) `name`, or None."""
        for pack in self.listed:
            sound = pack.find(name)
            if sound is not None:
                return pack, sound
        return None

    def filling(self, asked: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Each listed pack's name, in order -> those of the roles `asked` for that it is the one to fill, sorted."""
        filled: dict[str, list[str]] = {pack.name: [] for pack in self.listed}
        for role in sorted(set(asked)):
            found = self.find(role)
            if found is not None:
                filled[found[0].name].append(role)
        return {pack: tuple(roles) for pack, roles in filled.items()}

    def roles(self) -> tuple[str, ...]:
        """Every role and alias that is filled."""
        return tuple(sorted({name for pack in self.listed for name in pack.names}))

    def catalogue(self, voices: Set[str] | None = None, variants: frozenset[str] = frozenset()) -> Catalogue:
        """What a script may ask for. `voices` and `variants` are passed through."""
        sounds: dict[str, Sound] = {}
        for name in self.roles():
            found = self.find(name)
            if found is not None:
                sounds[name] = as_sound(name, *found)
        return Catalogue(
            sounds=sounds,
            elsewhere=_Elsewhere(self.others, sounds.keys()),
            packs=self.found,
            missing_packs=self.missing,
            unread_packs=self.unread,
            voices=voices,
            variants=variants,
        )


def as_sound(role: str, pack: Pack, sound: PackSound) -> Sound:
    """A pack's sound as the other stages see it, under the name it was asked for by."""
    return Sound(
        role=role,
        pack=pack.name,
        title=sound.title,
        kind=sound.kind,
        weights=tuple(member.weight for member in sound.members),
        pace=sound.pace,
        vary_pitch_cents=sound.vary_pitch_cents,
        vary_level_db=sound.vary_level_db,
        sustains=sound.sustains,
        settings=sound.settings,
        resting=sound.resting,
    )


def load_packs(
    names: Sequence[str],
    roots: Sequence[Path],
    extra: Sequence[str] = (),
    *,
    recipes: Mapping[str, Recipe],
    cache: Cache | None = None,
) -> Packs:
    """The packs that a script lists, after those that the command line adds.

    Args:
        names: the script's `packs`, in order. One that is not found is named in `missing`.
        roots: folders of packs; of two packs with one name, the one in the earlier root is meant.
        extra: values of `--pack`, searched before `names`: a pack's name, or the path of its folder.
        recipes: what `foley:` may name.
        cache: keeps what was read of packs that stay as they are.

    What keeps those that are used from being read is in `unread`, and every `extra` that is not found. Packs that are
    not listed are read when somebody asks for them, and may be as broken as they like.
    """
    there = _folders(roots)
    used: dict[str, tuple[Path, bool]] = {}  # key: name, or path as given; value: folder, and whether a root holds it
    problems: list[Problem] = []
    for one in extra:
        if one in there:
            used[one] = there[one], True
        elif Path(one).is_dir() and _is_pack(Path(one)):
            used[one] = Path(one), False
        elif Path(one).is_file():
            problems.append(Problem(Place(f"--pack {one}"), "is a file; name the folder around it"))
        else:
            lack = "holds no pack.yaml" if Path(one).is_dir() else "there is no such pack"
            problems.append(Problem(Place(f"--pack {one}"), f"{lack}{nearest(one, there)}"))
    for name in names:
        if name in there and not _within(there[name], roots):
            what = "is a link that leaves the project; copy the pack into it, or name its folder with --pack"
            problems.append(Problem(Place(_shown_link(there[name])), what))
        elif name in there:
            used.setdefault(name, (there[name], True))
    listed: list[Pack] = []
    for folder, rooted in used.values():
        try:
            pack = read_folder(folder, recipes, rooted=rooted, cache=cache)
            if pack.name not in {other.name for other in listed}:
                listed.append(pack)
        except PackError as wrong:
            problems += wrong.problems
    mine = {pack.name for pack in listed}
    others = [folder for name, folder in there.items() if name not in mine]
    return Packs(
        listed=tuple(listed),
        others=Unlisted(lambda: _readable(others, recipes, cache)),
        missing=tuple(name for name in names if name not in there and name not in mine),
        found=tuple(sorted({*there, *mine})),
        unread=tuple(sorted(problems)),
    )


def _folders(roots: Sequence[Path]) -> dict[str, Path]:
    there: dict[str, Path] = {}
    for root in roots:
        if root.is_dir():
            for folder in sorted(root.iterdir()):
                if folder.is_dir() and folder.name not in there and folder.name[0] != "." and _is_pack(folder):
                    there[folder.name] = folder
    return there


def _within(folder: Path, roots: Sequence[Path]) -> bool:
    """Whether a pack's folder is where it seems to be: in one of the roots, and not only a link there."""
    real = folder.resolve()
    return any(real.is_relative_to(root.resolve().parent) for root in roots)


def _shown_link(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


def _is_pack(folder: Path) -> bool:
    try:
        return (folder / MANIFEST).is_file() or is_named(folder)
    except OSError:
        return False


def _read(folder: Path, recipes: Mapping[str, Recipe], cache: Cache | None) -> Pack:
    shown = _shown(folder)
    if (folder / MANIFEST).is_file():
        return read_pack(folder, shown, recipes, cache)
    return named_pack(folder, shown)


def _readable(folders: Iterable[Path], recipes: Mapping[str, Recipe], cache: Cache | None) -> Iterable[Pack]:
    for folder in folders:
        try:
            yield _read(folder, recipes, cache)
        except PackError:
            continue


def candidates(root: Path) -> tuple[Path, ...]:
    """Every folder in `root` that is or may be meant as a pack, by name: whatever is not hidden and not empty.

    Raises RenderError when `root` cannot be looked into.
    """
    try:
        there = [folder for folder in sorted(root.iterdir()) if folder.is_dir() and not folder.name.startswith(".")]
    except OSError as wrong:
        raise RenderError(f"cannot look into {_shown(root)}: {wrong.strerror}") from None
    return tuple(folder for folder in there if _holds_something(folder))


def _holds_something(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except OSError:  # one that nobody may look into is shown as broken, not hidden
        return True


def read_folder(folder: Path, recipes: Mapping[str, Recipe], *, rooted: bool, cache: Cache | None = None) -> Pack:
    """The pack in `folder`, by its pack.yaml or by the names of its files.

    Args:
        rooted: it stands among the packs that scripts list, so it must be called what its folder is called.
        cache: as for `load_packs`.

    Raises:
        PackError: every problem that keeps it from being one.
    """
    if not _is_pack(folder):
        other = next((name for name in ("pack.yml", "Pack.yaml", "PACK.YAML") if (folder / name).is_file()), "")
        what = f"'{other}' is not read; call it {MANIFEST}" if other else "holds no pack.yaml and no file named by UCS"
        raise PackError([Problem(Place(_shown(folder)), what)])
    pack = _read(folder, recipes, cache)
    if rooted and pack.name != folder.name:
        what = f"the pack is called '{pack.name}', its folder '{folder.name}'; scripts go by the folder"
        raise PackError([Problem(pack.place, what)])
    return pack


def shown_folder(folder: Path) -> str:
    """How messages call a folder: from here when it is under here."""
    return _shown(folder)


def _shown(folder: Path) -> str:
    """How messages call a folder: from here when it is under here."""
    try:
        return folder.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return folder.as_posix()


def licence_problems(packs: Packs, used: Iterable[Use], commercial: bool) -> tuple[Problem, ...]:
    """What the licences of the sounds that are used forbid, at the place in the script that uses them.

    Args:
        used: every use with the place of its cue and what is done to the sound there.
        commercial: the script says `commercial: true`, and so NC sounds may not be in it.

    ND refuses any script a sound that is altered: trimmed, pitched, stretched, looped, filtered, or one of layers that
    sound as one. Its level and its place in the mix alter nothing.
    """
    problems: set[Problem] = set()
    for use in used:
        found = packs.find(use.role)
        if found is None:
            continue
        pack, sound = found
        member = sound.members[use.member]
        changes = (*use.changes, *(("layered",) if len(member.layers) > 1 else ()))
        for layer in member.layers:
            licence = licences.find(layer.source.credit.licence)
            if licence is None:
                continue
            what = f"'{use.role}' of the pack '{pack.name}' is under {licence.spdx}"
            if licence.noncommercial and commercial:
                problems.add(Problem(use.place, f"{what}, which a commercial production may not use"))
            if licence.noderivatives and changes:
                problems.add(Problem(use.place, f"{what}, which may not be altered; here it is {', '.join(changes)}"))
    return tuple(sorted(problems))


def refused_roles(packs: Packs, asked: Iterable[tuple[str, Place]], commercial: bool) -> tuple[Problem, ...]:
    """What the licences forbid whichever member of its pool a cue plays: known before anything is placed.

    Args:
        asked: each role with the place in the script that asks for it.
        commercial: as for `licence_problems`.
    """
    problems: set[Problem] = set()
    for role, place in asked:
        found = packs.find(role)
        count = len(found[1].members) if found is not None else 0
        each = [licence_problems(packs, [Use(role=role, member=n, place=place)], commercial) for n in range(count)]
        if each and all(each):
            problems.update(each[0])
    return tuple(sorted(problems))
