"""Looks on: makes runs again and compares."""
