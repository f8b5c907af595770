"""The process that does due work: sends messages, renders papers, cleans up. No Flask."""
