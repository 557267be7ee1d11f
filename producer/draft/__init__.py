"""A first draft: prose, a screenplay or a radio script in, a production out. Text to text, without effects.

`read_plain`, `read_markdown` and `read_epub` find the paragraphs of prose, `draft_prose` makes scenes of them;
`draft_fountain` and `draft_radio` read scripts that name who speaks. `write_script` writes the YAML.
"""

from producer.draft.casting import cast_voices
from producer.draft.cues import Cues
from producer.draft.epub import LARGEST_BYTES, read_epub
from producer.draft.fountain import draft_fountain, is_fountain
from producer.draft.hearing import ear
from producer.draft.language import language_of, language_told
from producer.draft.markdown import read_markdown
from producer.draft.plain import read_plain
from producer.draft.prose import Wanted, draft_prose
from producer.draft.radio import draft_radio, is_radio
from producer.draft.table import TABLE
from producer.draft.write import TAG, UNREAD, write_script

__all__ = [
    "LARGEST_BYTES",
    "TABLE",
    "TAG",
    "UNREAD",
    "Cues",
    "Wanted",
    "cast_voices",
    "draft_fountain",
    "draft_prose",
    "draft_radio",
    "ear",
    "is_fountain",
    "is_radio",
    "language_of",
    "language_told",
    "read_epub",
    "read_markdown",
    "read_plain",
    "write_script",
]
