"""Files into pictures into batches."""
