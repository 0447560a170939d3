"""Template tags of the guides."""
