"""Connects results to where they are used."""
