"""Pure decisions of the hearing."""
