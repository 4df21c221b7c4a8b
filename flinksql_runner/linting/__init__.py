"""What is wrong with a project, without an engine: all stages and rules over it, as far as earlier runs have not said it."""
