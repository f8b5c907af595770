"""The district's tree: streets, communities, grids, institutions, committees, stations, rooms, working days."""
