"""The sound designer's bench: what one does with packs beside rendering an episode."""
