"""`render feed`: the output folders of a show, read and written up as its feed."""

from producer.publishing.publish import Published, publish

__all__ = ["Published", "publish"]
