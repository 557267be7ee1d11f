"""The mix: Timeline, takes and palette become stereo blocks on four buses."""
