"""How far a season has come, on a terminal: a line for each episode that is being made, and one for the whole."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

_STAGES = {"takes": 0.05, "voices": 0.1, "timeline": 0.35, "mix": 0.4, "session": 0.7, "master": 0.75, "audit": 0.97}
"""Where in the making of an episode its stages begin, roughly."""
_SAID = {"made": "done", "mistake": "has a mistake", "fault": "failed", "stopped": "was stopped"}
_AROUND = 6
"""Lines of the terminal that are left to what else stands there."""


class Terminal:
    """A `works.Board` on standard error; all of it is gone from the screen when the work is done."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._rows, self._weight_s = 0, 0.0
        self._doing: dict[str, tuple[str, float]] = {}
        self._over: dict[str, str] = {}
        self._done_s, self._began_s = 0.0, time.monotonic()
        self._live = Live(console=self._console, transient=True, refresh_per_second=4, get_renderable=self.shown)

    def __enter__(self) -> Terminal:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def begin(self, rows: int, weight_s: float) -> None:
        """See `works.Board`."""
        self._rows, self._weight_s, self._began_s = rows, weight_s, time.monotonic()

    def doing(self, name: str, stage: str, share: float) -> None:
        """See `works.Board`."""
        begins = _STAGES.get(stage, 0.0)
        ends = min((one for one in _STAGES.values() if one > begins), default=1.0)
        self._doing[name] = stage, begins + share * (ends - begins)

    def over(self, name: str, said: str, weight_s: float) -> None:
        """See `works.Board`."""
        self._doing.pop(name, None)
        self._over[name] = _SAID.get(said, said)
        self._done_s += weight_s

    def shown(self) -> Group:
        """What is on the screen now."""
        table = Table.grid(padding=(0, 1))
        room = max(1, self._console.height - _AROUND)
        doing = sorted(self._doing.items())[:room]
        for name, said in list(self._over.items())[-max(0, room - len(doing)) :] if room > len(doing) else ():
            table.add_row(name, "", Text(said, style="" if said == "done" else "red"))
        for name, (stage, share) in doing:
            table.add_row(name, ProgressBar(total=1.0, completed=share, width=24), stage)
        return Group(table, self._whole())

    def _whole(self) -> Text:
        elapsed_s = time.monotonic() - self._began_s
        under_way = sum(share for _, share in self._doing.values()) * self._weight_s / max(1, self._rows)
        share = min(1.0, (self._done_s + under_way) / self._weight_s) if self._weight_s else 0.0
        left = "" if share < 0.02 else f", about {_clock(elapsed_s * (1.0 - share) / share)} left"
        return Text(f"{len(self._over)} of {self._rows} episodes, {_clock(elapsed_s)}{left}", style="bold")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
