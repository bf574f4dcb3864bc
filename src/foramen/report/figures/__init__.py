"""Figures by kind: statistics to Vega-Lite, with words and a table."""
