"""Kernels for runs: forked from a template that has its imports done, or started as ordinary ones."""
