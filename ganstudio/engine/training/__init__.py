"""Training: from folders to a model, step by step."""
