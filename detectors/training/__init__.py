"""Builds the free-text model: generates data, trains, evaluates, packs. Not part of the wheel."""
