"""The listening page: one HTML file beside the audio that opens from the disk, with no server and no network.

`html(Shown(...))` gives its text; `producer/paging.py` gathers what it shows of a finished render. The stage is pure.

How it is put together, for whoever extends it (the studio serves the same page and adds to it):

- `page.html` is the structure, and holds all that can be read without a program: transcript, chapters, figures,
  findings, credits. `page.css` has every colour as a variable. `data.py` writes what the programs read.
- The programs in `templates/*.js` are put into one at build time, in the order of `html.SCRIPTS`. Each is a function
  `create…(page)` that gets what it needs, touches only its own part of the document, and talks to the others through
  the store alone:
    - `store.js`: the state (`at` in s, `playing`, `mix`, `rate`, `chapter`, `clip`, `view`, `trouble`) with `get`,
      `set` and `on`.
    - `player.js`: one `<audio>` for each mix; `seek`, `play`, `pause`, `choose`; nothing else touches an `<audio>`.
    - `draw.js`: what every canvas needs.
    - `transcript.js`, `overview.js`, `lanes.js`, `loudness.js`, `lists.js`: views; each follows the store.
    - `keys.js`, `theme.js`, `main.js`: the keyboard, light and dark, and what ties all of it together.
- Everything that is one clip has `data-clip="ID"`, the id that `timeline.json` has; so have the clips on canvas, in
  the detail of their events.
- On `document` the page tells, as custom events: `producer:mix`, `producer:chapter`, `producer:clip` (the line that is
  spoken), `producer:playing`, all with `detail.value`; `producer:pick` (`detail`: clip id, kind, start in s) when a
  clip is clicked or chosen by key, which `preventDefault()` keeps from being jumped to. And it listens to
  `producer:seek` (`detail.at` in s, `detail.play`), `producer:choose` (`detail.mix`, a name) and `producer:data`
  (`detail`: a new document of the form of `data.py`), after which all views are drawn anew at the same place. Where
  words have changed, what is in `#transcript` is to be replaced before: it is read again then.
- `window.producerPage` holds `store`, `player` and `data`, for tests and for the studio.
- The policy of the page lets only these very programs run, by their hash; a server that adds its own sends its own.
"""

from producer.page.html import html

__all__ = ["html"]
