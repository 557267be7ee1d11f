"""What leaves the house: encoded audio, tags, captions, chapters, credits; each file whole or not at all."""
