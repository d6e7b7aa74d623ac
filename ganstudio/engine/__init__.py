"""Training, translating, exporting. Torch, no Qt."""
