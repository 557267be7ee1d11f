"""Names for cues that stay the same when other cues come and go, so that chance gives each its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from producer.model.script import Token
from producer.model.words import fold
from producer.script.pieces import Piece, SceneAsWritten


class Identities:
    """Hands out the keys of an episode in reading order; equals are told apart by how many of them came before.

    They are counted in each scene by itself, so that a cue more or less changes nothing in any other scene.
    """

    def __init__(self, scenes: Iterable[SceneAsWritten]) -> None:
        self._seen: Counter[str] = Counter()
        self._scenes: dict[str, str] = {}
        names: Counter[str] = Counter()
        for scene in scenes:
            name = scene.id if scene.named else scene.title
            names[name] += 1
            # A scene's number would be no name: one more scene would change the chance of all that follow.
            self._scenes[scene.id] = name if names[name] == 1 else f"{name}({names[name]})"
        self._beside: tuple[SceneAsWritten | None, tuple[str, ...]] = (None, ())

    def of_item(self, scene: SceneAsWritten, item: int) -> str:
        """A cue or bed of its own: scene, kind, role, the moment it hangs on, the words of the line before it."""
        piece = scene.pieces[item]
        at = piece.asked.at.written if piece.asked.at else ""
        return self._numbered(scene, piece, at, self._words_beside(scene)[item])

    def in_line(self, scene: SceneAsWritten, line: Piece, cue: Piece, before_token: int) -> str:
        """A cue in brackets: scene, role, the words around it, the words of its line.

        An edition's are named by the original's words, so that chance falls out alike in every language.
        """
        if line.original is not None:
            places = [one.before_token for one in line.original.between if one.cue and one.cue.id == cue.id]
            return self.in_line(scene, line.original, cue, places[0] if places else 0)
        around = " ".join(_said(line.tokens[max(0, before_token - 1) : before_token + 1]))
        return self._numbered(scene, cue, f"[{around}]", _words(line))

    def _words_beside(self, scene: SceneAsWritten) -> tuple[str, ...]:
        """`_beside`, worked out once for the scene that is being read."""
        if self._beside[0] is not scene:
            self._beside = (scene, _beside(scene))
        return self._beside[1]

    def _numbered(self, scene: SceneAsWritten, piece: Piece, hangs_on: str, words: str) -> str:
        key = "/".join((self._scenes[scene.id], piece.kind, piece.name, hangs_on, words))
        self._seen[key] += 1
        return f"{key}#{self._seen[key]}"


def _beside(scene: SceneAsWritten) -> tuple[str, ...]:
    """For each item the words of the last line before it, else of the first after it; "" where nobody speaks."""
    first = next((piece for piece in scene.pieces if piece.kind == "speech"), None)
    words = _words(first)
    found: list[str] = []
    for piece in scene.pieces:
        found.append(words)
        if piece.kind == "speech":
            words = _words(piece)
    return tuple(found)


def _words(piece: Piece | None) -> str:
    return " ".join(_said((piece.original or piece).tokens)) if piece else ""


def _said(tokens: tuple[Token, ...]) -> list[str]:
    return [word for token in tokens for word in fold(token.written)]
