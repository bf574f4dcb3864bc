"""From the facts of a visit to what each policy is told. Nothing is judged here, and nothing is filled in."""
