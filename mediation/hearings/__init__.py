"""Meeting by video: seats, rooms, states."""
