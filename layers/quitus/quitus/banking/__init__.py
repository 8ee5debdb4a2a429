"""Readers of bank files (one protocol, `read`) and writers for banks."""
