"""The studio: the listening page of a script that is being worked on, made anew as it is saved.

`serving.serve` is the way in (`render studio`). It stands on four legs, which know little of each other:

- `watching.py` says when something that is heard was saved; `making.py` makes it: one thread, the newest save wins.
- `desk.py` is one state of the episode, ready to be heard from any moment, whole or without some of its names.
- `server.py` answers the page: itself, its sound (with ranges), what happens, and a few questions; `guard.py` refuses
  what does not come from it.
- `nudging.py` changes one value in a script's bytes and nothing else. It is pure.

starlette, uvicorn and watchfiles (the extra `studio`) are imported in `server.py`, `serving.py` and `watching.py` only.
"""
