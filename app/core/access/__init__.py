"""Who may do what: API keys and whom they stand for."""
