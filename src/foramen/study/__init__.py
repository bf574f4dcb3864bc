"""Layer 3: a study document and a snapshot in, results out. The engines below it count; nothing else sees a row."""
