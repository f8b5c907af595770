"""Recording what an engine hands over: packets to frames, frames to sealed files, a watch over both."""
