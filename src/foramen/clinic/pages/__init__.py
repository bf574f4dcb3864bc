"""Pages by audience. Each folder has its routes, views and templates."""
