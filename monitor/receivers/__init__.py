"""One module per webhook format: event to request body. No I/O of its own."""
