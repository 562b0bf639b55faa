"""The one table behind everything that is shown."""
