"""From the clinic to a frozen, de-identified snapshot, and studies that are run on it."""
