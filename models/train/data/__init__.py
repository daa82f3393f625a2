"""Readers, one module per kind of corpus; each yields `Row`s."""
