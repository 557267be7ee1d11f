"""Two renders of an episode, held against each other: what their documents say changed. Pure; `diffing` reads the files."""
