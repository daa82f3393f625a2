"""Brand-reputation monitor: reads what is said about a brand and alerts its leaders in time."""

__version__ = "0.1.0"
