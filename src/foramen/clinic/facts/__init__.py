"""What facts hold: one strict model for each kind."""
