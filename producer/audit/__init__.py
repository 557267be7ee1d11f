"""What a listener gets, held against what was planned: every line and cue found, every promise of the profile kept."""
