"""The local web pages: inbox, health, metrics."""
