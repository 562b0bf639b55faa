"""Plans and runs the notebooks of a batch."""
