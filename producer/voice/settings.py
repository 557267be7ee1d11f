"""The user's own settings: voices that this machine has besides the ones that come with the program.

A TOML file that no script can name: `$PRODUCER_CONFIG`, else `config.toml` in the folder that the operating system has
for it. What a voice runs or loads is the machine's owner's choice alone; scripts only say its name.
"""

from __future__ import annotations

import os
import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from producer.errors import RenderError, nearest
from producer.limited import read_file

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+$")]
MARKS = ("{text_file}", "{wav}", "{speed}", "{slowness}", "{wpm}")
"""What a command may have in its words, each replaced when it is run."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _from_home(path: Path) -> Path:
    """`~` is the user's folder; other paths are whole ones, since a render may be started anywhere."""
    whole = path.expanduser()
    if not whole.is_absolute():
        raise ValueError("write the whole path, from the root or from ~")
    return whole


WholePath = Annotated[Path, AfterValidator(_from_home)]


def _with_known_marks(words: tuple[str, ...]) -> tuple[str, ...]:
    for mark in re.findall(r"\{[a-z_]+\}", " ".join(words)):
        if mark not in MARKS:
            raise ValueError(f"nothing stands for '{mark}'{nearest(mark, MARKS)}")
    return words


class CommandVoice(_Table):
    """`[voices.command.NAME]`: a program that reads a text and writes a WAV."""

    run: Annotated[tuple[str, ...], AfterValidator(_with_known_marks)] = Field(min_length=1)
    language: str = Field(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*$")
    time_limit_s: float = Field(default=60.0, gt=0.0, le=3600.0)
    version: str = ""
    """Of the program, when the file itself does not tell: changing it has every line spoken anew."""
    wpm: float = Field(default=175.0, ge=20.0, le=1000.0)
    """What `{wpm}` is at the program's own speed."""
    text: Literal["plain", "ssml"] = "plain"
    """What the program reads: SSML carries emphasis and IPA."""
    normalise: bool = True
    """Figures and abbreviations come to the program in words; false: as written, for a program that says them well."""


class PiperVoice(_Table):
    """`[voices.piper.NAME]`: a model file for piper, and the JSON file that came with it."""

    model: WholePath
    config: WholePath | None = None
    speaker: int = Field(default=0, ge=0)
    normalise: bool = True
    """As a program's."""


class Voices(_Table):
    """`[voices.…]`: by engine and name."""

    command: dict[Name, CommandVoice] = {}
    piper: dict[Name, PiperVoice] = {}


class Settings(_Table):
    """The whole file."""

    voices: Voices = Voices()


def settings_file() -> Path:
    """Where the settings are, or would be."""
    named = os.environ.get("PRODUCER_CONFIG")
    if named:
        return Path(named)
    from platformdirs import user_config_path  # only needed when no file is named

    return user_config_path("producer", appauthor=False) / "config.toml"


def settings() -> Settings:
    """What the file says; nothing when there is none. Raises RenderError with all that is wrong in it."""
    file = settings_file()
    try:
        found = file.stat()
    except FileNotFoundError:
        if os.environ.get("PRODUCER_CONFIG"):
            raise RenderError(f"there is no file {file}, which PRODUCER_CONFIG names") from None
        return Settings()
    except OSError as wrong:
        raise RenderError(f"cannot read {file}: {wrong.strerror}") from None
    return _read(file, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=4)
def _read(file: Path, changed_ns: int, size: int) -> Settings:
    del changed_ns, size  # they are there so that a changed file is read again
    try:
        return Settings.model_validate(tomllib.loads(read_file(file, "settings_mib").decode("utf-8")))
    except OSError as wrong:
        raise RenderError(f"cannot read {file}: {wrong.strerror}") from None
    except UnicodeDecodeError:
        raise RenderError(f"{file}: is not written in UTF-8") from None
    except tomllib.TOMLDecodeError as wrong:
        raise RenderError(f"{file}: {wrong}") from None
    except ValidationError as wrong:
        lines = [f"{file}: {_key(one)}: {_plain(one)}" for one in wrong.errors()]
        raise RenderError("\n".join(lines)) from None


_KINDS = (
    ("missing", "is missing"),
    ("tuple", "is a list of words, the program first: run = ['espeak-ng', '-f', '{text_file}', '-w', '{wav}']"),
    ("too_short", "is a list of words, the program first: run = ['espeak-ng', '-f', '{text_file}', '-w', '{wav}']"),
    ("string_type", "is a text, between quotation marks"),
    ("path", "is a file, between quotation marks"),
    ("bool", "is true or false"),
    ("float", "is a number"),
    ("int", "is a whole number"),
    ("model", "is a table: [voices.command.NAME]"),
    ("dict", "is a table: [voices.command.NAME]"),
)
"""By how pydantic's names of mistakes begin."""
_PATTERNS = {
    "[key]": "names of voices are small letters, digits, '_' and '-'",
    "language": "is a language's tag, as 'en' or 'pt-BR'",
}


def _key(wrong: ErrorDetails) -> str:
    return ".".join(str(part) for part in wrong["loc"] if part != "[key]")


def _plain(wrong: ErrorDetails) -> str:
    kind, last = wrong["type"], str(wrong["loc"][-1])
    if kind == "string_pattern_mismatch":
        return _PATTERNS[last]
    if kind != "extra_forbidden":
        own = next((said for begins, said in _KINDS if kind.startswith(begins)), "")
        return own or wrong["msg"].removeprefix("Value error, ").replace("Input should be ", "is to be ")
    *path, name = map(str, wrong["loc"])
    table: type[BaseModel] = Settings
    for part in path:
        field = table.model_fields.get(part)
        # Names of voices stand between an engine's table and the keys of one voice.
        table = _TABLES.get(part, table) if field is not None else table
    return "there is no such setting" + nearest(name, table.model_fields)


_TABLES: dict[str, type[BaseModel]] = {"voices": Voices, "command": CommandVoice, "piper": PiperVoice}
