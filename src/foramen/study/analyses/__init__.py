"""What each kind of analysis asks of an engine and which statistics it makes of the answers. One file per kind."""
