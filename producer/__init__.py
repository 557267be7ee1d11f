"""Producer turns a written script into a finished audio drama."""

__version__ = "0.1.0"
