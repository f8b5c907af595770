"""Pure decisions of the case."""
