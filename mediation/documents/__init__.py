"""The papers: facts to content to PDF."""
