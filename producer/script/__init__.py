"""The script: YAML text to what later stages read, with every mistake at its place.

`read` needs nothing but the text; `resolve` needs to know which sounds and voices there are.
"""

from producer.script.begun import begun
from producer.script.brought import Fetch, Fetched
from producer.script.circles import circles
from producer.script.estimate import estimate_s, usual_s
from producer.script.extent import beyond
from producer.script.resolve import as_far, resolve
from producer.script.schema import schema
from producer.script.written import Written, read

__all__ = [
    "Fetch",
    "Fetched",
    "Written",
    "as_far",
    "begun",
    "beyond",
    "circles",
    "estimate_s",
    "read",
    "resolve",
    "schema",
    "usual_s",
]
