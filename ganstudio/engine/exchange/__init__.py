"""Models made of models: exported for other programs, imported from them, mixed, made light."""
