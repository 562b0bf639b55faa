"""Turns user surveys of public services into management-information reports that hold up."""
