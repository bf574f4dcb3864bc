"""The registry: snapshots of the site, and the studies that run on them. Nobody is named on its pages."""
