"""Tables by layout: which statistic stands in which cell."""
