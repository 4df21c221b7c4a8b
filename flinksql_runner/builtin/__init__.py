"""Flink's built-in functions and operators: names, what they take, what they give; imports the dialect alone."""
