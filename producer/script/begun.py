"""Which items start a bed or music, and which ride what runs, before any time is known."""

from __future__ import annotations

from producer.model.script import Bed, Script, Stop


def begun(script: Script) -> tuple[Bed, ...]:
    """What starts a bed or music, in reading order, as far as the order of writing tells it.

    Of two of one role in a scene the second rides the first, unless an `end` or `cut` stands between them.
    """
    found: list[Bed] = []
    running: list[Bed] = []
    carried: set[str] = set()  # roles
    for scene in script.scenes:
        running = [bed for bed in running if bed.role in carried]
        for item in scene.items:
            if isinstance(item, Stop) and item.at is None:
                running = [bed for bed in running if item.what not in ("all", bed.role, bed.id)]
            elif isinstance(item, Bed):
                if not (item.names_id or "over" in item.said or any(bed.role == item.role for bed in running)):
                    found.append(item)
                    running.append(item)
                    carried.discard(item.role)
                if item.carry:
                    carried.add(item.role)
                elif "carry" in item.said:
                    carried.discard(item.role)
    return tuple(found)
