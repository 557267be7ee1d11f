"""Script, takes and sounds become a timeline in whole samples."""
