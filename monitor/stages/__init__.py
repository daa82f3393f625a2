"""The loops: list the work, ask the world, decide in the core, write once."""
