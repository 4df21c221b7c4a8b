"""Other processes that render, parse and study a part of a large project; what they find is what one process finds."""
