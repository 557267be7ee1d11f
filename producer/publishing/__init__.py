"""`render feed`: the output folders of a show, read and written up as its feed."""

from producer.publishing.episodes import episode_folders, script_of
from producer.publishing.publish import Published, publish

__all__ = ["Published", "episode_folders", "publish", "script_of"]
