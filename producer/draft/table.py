"""The words that stories sound by, and the roles that they stand for. A pack adds its own under `words`.

Where two rows are found on one word, the first is meant: what is said of the ground comes before the walk.
"""

from __future__ import annotations

from producer.draft.rows import Row
from producer.draft.table_people import PEOPLE
from producer.draft.table_things import THINGS
from producer.draft.table_world import WORLD

TABLE: tuple[Row, ...] = (*THINGS, *PEOPLE, *WORLD)
