"""Media engines behind one contract."""
