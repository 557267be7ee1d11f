"""Programs that are fed and read by pipes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from producer.deliver import ffmpeg
from producer.watched import Watched


@pytest.mark.skipif(not hasattr(os, "SCHED_BATCH"), reason="this system shares its cores in another way")
def test_a_program_and_its_threads_take_long_turns() -> None:
    """The encoder's threads hand on each frame; what starts it takes turns as before."""
    source = ["-v", "error", "-f", "f32le", "-i", "pipe:0"]
    command = [ffmpeg.executable(), *source, "-c:a", "libmp3lame", "-f", "null", "-"]
    with Watched(command, fed=True) as encoder:
        pipe = encoder.process.stdin
        assert pipe is not None
        with encoder.waiting():
            pipe.write(bytes(1 << 20))  # more than a pipe holds: it reads, so its threads have begun
        threads = [int(one.name) for one in Path(f"/proc/{encoder.process.pid}/task").iterdir()]
        assert len(threads) > 1
        assert {os.sched_getscheduler(one) for one in threads} == {os.SCHED_BATCH}
        with encoder.waiting():
            pipe.close()
        assert encoder.failed() == ""
    assert os.sched_getscheduler(0) == os.SCHED_OTHER
