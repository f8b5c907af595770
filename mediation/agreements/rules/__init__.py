"""Pure decisions of the agreement."""
