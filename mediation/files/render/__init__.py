"""Pages of stored files as pictures, drawn in a process of their own."""

from mediation.files.render.apart import Sheet, Unreadable, sheet

__all__ = ["Sheet", "Unreadable", "sheet"]
