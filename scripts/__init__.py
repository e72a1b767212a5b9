"""Tools for people who work on the project; none of them is part of the running service."""
