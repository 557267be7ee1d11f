"""What is written into a delivered file, whatever its format has for it."""

from __future__ import annotations

from producer.deliver.chapters import Chapter
from producer.deliver.language import three_letters
from producer.deliver.wave import Marker
from producer.dsp.loudness import Loudness
from producer.frozen import dataclass
from producer.model.script import Script

GENRE = "Audio drama"
MAKER = "Producer"
PROVENANCE = "PROVENANCE"
"""What the field with the statement of provenance is called, in each format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """Everything that is written into a delivered file."""

    script: Script
    cover: bytes  # JPEG or PNG
    chapters: tuple[Chapter, ...]
    lyrics: str
    credits: str
    disclosure: str
    sounds: str = ""  # `credits.record`: JSON, plain ASCII
    version: str = ""  # which mix it is, for listeners
    provenance: str = ""  # `manifest.statement`: JSON, plain ASCII
    markers: tuple[Marker, ...] = ()  # chapters and marks, at the file's rate
    loudness: Loudness | None = None  # of the file, decoded

    @property
    def title(self) -> str:
        """The episode's title, and which mix it is: most players show no other field."""
        return f"{self.script.title} ({self.version})" if self.version else self.script.title

    @property
    def album(self) -> str:
        return self.script.show or self.script.title

    @property
    def artist(self) -> str:
        script = self.script
        return script.writer or script.producer or script.show or script.title

    @property
    def mime(self) -> str:
        """What kind of picture the cover is."""
        return "image/png" if self.cover.startswith(b"\x89PNG") else "image/jpeg"

    @property
    def language(self) -> str:
        """Three letters (ISO 639-2), as ID3 wants them."""
        return three_letters(self.script.language)
