"""Figures that tests do not assert: how fast, with how much memory, beside what others take for the same work."""
