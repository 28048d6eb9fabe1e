"""What changed since a known state of the project, and whether that is too much."""
