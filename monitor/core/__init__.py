"""The decisions, all pure: no I/O, no clock, no randomness, no logging."""
