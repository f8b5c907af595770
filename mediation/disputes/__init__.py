"""The case from intake to closing."""
