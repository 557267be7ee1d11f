"""Two renders of an episode, held against each other by their documents. Pure: `diffing` reads the files."""
