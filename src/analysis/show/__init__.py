"""The blocks a notebook shows."""
