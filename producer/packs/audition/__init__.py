"""The audition page: a player, a waveform and a spectrogram for every sound of a pack, for ear and eye.

`writing` makes the folder. What is shown is gathered by `of_pack` and `of_recipes` as a `sheet`; each take of it
becomes an MP3 and two pictures in `showing`; `page` puts them into a template. The page opens from the disk, without a
server.
"""

from producer.packs.audition.writing import RATE_HZ, Audition, write, write_recipes

__all__ = ["RATE_HZ", "Audition", "write", "write_recipes"]
