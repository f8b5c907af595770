"""A station's screens, queue numbers and visits: who is at which screen, and that nothing of them stays there."""
