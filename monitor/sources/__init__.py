"""One module per kind of source: how to ask and how to read. No I/O of its own."""
