"""Stored files: kinds by content, encryption, access log."""
