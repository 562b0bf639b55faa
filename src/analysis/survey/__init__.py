"""Files in, checked tidy data out."""
