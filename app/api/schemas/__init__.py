"""What routes take and give, where more than one route needs it."""
