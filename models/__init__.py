"""The classifier that is shipped (`incident`) and how it was made (`train`)."""
