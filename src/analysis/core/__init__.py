"""What every room may use: errors, settings, language, paths."""
