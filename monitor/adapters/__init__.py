"""The edges: network, model, database."""
