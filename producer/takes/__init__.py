"""Actors: what they are given to read, their recordings back, and how much is recorded. Files in, files out."""
