"""`render new` and `render pack new`: a project, or a pack, to start from, that works as it is."""

from producer.starter.make import make
from producer.starter.pack import make_pack

__all__ = ["make", "make_pack"]
