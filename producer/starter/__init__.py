"""`render new`: a project folder to start from, that renders as it is."""

from producer.starter.make import make

__all__ = ["make"]
