"""Pure decisions of time."""
